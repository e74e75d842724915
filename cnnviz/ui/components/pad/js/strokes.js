// The strokes of a pen on a square of places, and their text in a link: two characters a point, column and row.
export class Strokes {
  /** Characters of the columns and rows of the sheet. @type {string} */ places;
  /** Points that all strokes may have. @type {number} */ most;
  /** @type {number[][][]} */ list = [];

  constructor(places, most) {
    Object.assign(this, { places, most });
  }

  parse(text) {
    this.list = text.split(".").filter(Boolean).map((part) =>
      Array.from({ length: part.length / 2 }, (_, at) => [this.places.indexOf(part[2 * at]), this.places.indexOf(part[2 * at + 1])]));
  }

  format() {
    return this.list.map((stroke) => stroke.map(([x, y]) => this.places[x] + this.places[y]).join("")).join(".");
  }

  get count() {
    return this.list.reduce((sum, stroke) => sum + stroke.length, 0);
  }

  begin(x, y) {
    if (this.count >= this.most) return false;
    this.list.push([this.inside(x, y)]);
    return true;
  }

  // A point closer than two places to the last one is left out, but for the end of a stroke.
  add(x, y, end = false) {
    const stroke = this.list.at(-1);
    const point = this.inside(x, y);
    const [dx, dy] = [point[0] - stroke.at(-1)[0], point[1] - stroke.at(-1)[1]];
    if ((dx === 0 && dy === 0) || (!end && dx * dx + dy * dy < 4) || this.count >= this.most) return false;
    stroke.push(point);
    return true;
  }

  inside(x, y) {
    const last = this.places.length - 1;
    return [x, y].map((at) => Math.min(last, Math.max(0, Math.floor(at))));
  }
}
