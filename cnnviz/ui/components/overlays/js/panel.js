// One map over the image, or the image alone: the stage, the cursor on it, and the number under the cursor.
import { element, setText } from "../../shared/dom.js";
import { boxOf } from "../../shared/field.js";
import { Legend } from "../../shared/legend.js";
import { markBox, outline } from "../../shared/marks.js";
import { paintColour, paintMap, Sheet } from "../../shared/paint.js";
import { hatch, Surface } from "../../shared/surface.js";
import { drawnValues, smoothed } from "./reach.js";
import { square } from "./brush.js";

const FINEST = 224;

export class Panel {
  /** @type {number} */ channels;
  /** @type {number} */ height;
  /** @type {number} */ width;
  spec;
  /** @type {OverlayMap} */ map;
  /** @type {{ shape: number[], values: Float32Array }} */ image;
  /** @type {[number, number]} */ size;

  constructor(app) {
    this.app = app;
    this.section = element("section", "panel overlay", app.panels);
    const head = element("div", "overlay-head", this.section);
    this.title = element("div", "panel-title", head);
    this.note = element("div", "panel-shape", head);
    this.stage = element("div", "stage", this.section);
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "application");
    this.stage.setAttribute("aria-describedby", app.hint.id);
    this.base = new Surface(this.stage, "base");
    this.over = new Surface(this.stage, "over");
    this.foot = element("div", "overlay-foot", this.section);
    this.value = element("div", "overlay-value", this.foot);
    this.legend = new Legend(this.foot);
    this.remark = element("p", "overlay-remark", this.section);
  }

  update(spec, map, image) {
    Object.assign(this, { spec, map, image });
    [this.channels, this.height, this.width] = image.shape;
    setText(this.title, spec.title);
    setText(this.note, spec.note);
    setText(this.remark, spec.remark);
    this.remark.hidden = !spec.remark;
    this.sheets = {};
  }

  // The image as the network sees it; grey below a map, whose colours would mix with others.
  picture(grey) {
    const name = grey ? "grey" : "colour";
    this.sheets[name] ??= new Sheet(1, this.height, this.width).fill((pixels, offset, stride) => {
      const [area, { values }] = [this.height * this.width, this.image];
      if (this.channels === 3 && grey) {
        const mean = Float32Array.from({ length: area }, (_, i) => 0.299 * values[i] + 0.587 * values[area + i] + 0.114 * values[2 * area + i]);
        return paintColour(pixels, offset, stride, mean, [0, 0, 0], this.height, this.width, 0, 1);
      }
      const planes = this.channels === 3 ? [0, area, 2 * area] : [0, 0, 0];
      return paintColour(pixels, offset, stride, values, planes, this.height, this.width, 0, 1);
    });
    return this.sheets[name];
  }

  // The map in the colours of `scale`, cell by cell or between the cells.
  coloured(scale, factor, { sign, look }) {
    const name = [scale.low, scale.high, scale.name, factor, sign, look].join();
    if (this.sheets.name === name) return this.sheets.map;
    const { map } = this;
    const drawn = drawnValues(map.values, factor, sign === "absolute");
    let [height, width, values] = [map.height, map.width, drawn];
    if (look === "smooth") {
      [height, width] = [Math.max(this.height, FINEST), Math.max(this.width, FINEST)];
      values = smoothed(drawn, map.height, map.width, height, width);
    }
    this.sheets.name = name;
    this.sheets.map = new Sheet(1, height, width).fill((pixels, offset, stride) =>
      paintMap(pixels, offset, stride, values, 0, height, width, scale));
    return this.sheets.map;
  }

  layout(side) {
    const scale = Math.min(side / this.width, side / this.height);
    const whole = scale >= 4 ? Math.floor(scale) : scale;
    this.size = [Math.round(this.width * whole), Math.round(this.height * whole)];
    this.rect = { left: 0, top: 0, width: this.size[0], height: this.size[1] };
    this.section.style.width = `${side}px`;
    this.stage.style.width = `${this.size[0]}px`;
    this.stage.style.height = `${this.size[1]}px`;
  }

  paint(scale, factor, settings) {
    this.shades = { scale, factor };
    const context = this.base.resize(...this.size);
    this.over.resize(...this.size);
    this.draw(context, this.rect, settings);
  }

  // The image with the map over it, as large as `rect`.
  draw(context, rect, settings) {
    const { theme } = this.app;
    if (!this.map) return this.picture(false).draw(context, 0, rect);
    this.picture(true).draw(context, 0, rect);
    context.globalAlpha = settings.strength;
    if (this.map.odd) {
      context.fillStyle = hatch(context, theme.hatchInk, theme.hatchPaper);
      context.fillRect(rect.left, rect.top, rect.width, rect.height);
    }
    context.imageSmoothingEnabled = settings.look === "smooth";
    this.coloured(this.shades.scale, this.shades.factor, settings).draw(context, 0, rect);
    context.globalAlpha = 1;
    context.imageSmoothingEnabled = false;
  }

  // `place` as shares of the image; `box` in pixels is what the cell under the cursor sees; `strokes` not yet answered.
  mark(place, box, strokes, colours) {
    const { theme } = this.app;
    const context = this.over.clear();
    const cell = this.rect.width / this.width;
    for (const stroke of strokes) {
      context.fillStyle = colours(stroke.tool);
      for (const spot of stroke.path) {
        const area = square(spot, stroke.size, this.height, this.width);
        context.fillRect(area.left * cell, area.top * cell, (area.right - area.left + 1) * cell, (area.bottom - area.top + 1) * cell);
      }
    }
    if (this.spec.box) {
      const [top, left, bottom, right] = this.spec.box;
      outline(context, left * cell + 2, top * cell + 2, (right - left + 1) * cell - 4, (bottom - top + 1) * cell - 4, theme.pin, 1);
    }
    if (box && !this.map) markBox(context, this.rect, this.height, this.width, box, theme);
    if (!place) return;
    const [height, width] = this.map ? [this.map.height, this.map.width] : [this.height, this.width];
    const [y, x] = [Math.floor(place.y * height), Math.floor(place.x * width)];
    const [down, across] = [this.rect.height / height, this.rect.width / width];
    outline(context, x * across, y * down, across, down, theme.accent);
  }

  // The cell of the map at a place, and its value; null in the image.
  at(place) {
    if (!this.map || !place) return null;
    const [y, x] = [Math.floor(place.y * this.map.height), Math.floor(place.x * this.map.width)];
    return { y, x, value: this.map.values[y * this.map.width + x] };
  }

  pixelAt(place) {
    return { y: Math.floor(place.y * this.height), x: Math.floor(place.x * this.width) };
  }

  // Red, green and blue or grey of a pixel.
  colourAt({ y, x }) {
    return Array.from({ length: this.channels }, (_, c) => this.image.values[(c * this.height + y) * this.width + x]);
  }

  boxAt(place) {
    const cell = this.at(place);
    return cell && this.spec.field ? boxOf(this.spec.field, cell.y, cell.x) : null;
  }

  // The middle of a pixel under a point of the stage, as shares; null outside.
  hit(x, y) {
    const [column, row] = [Math.floor((x / this.rect.width) * this.width), Math.floor((y / this.rect.height) * this.height)];
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) return null;
    return { y: (row + 0.5) / this.height, x: (column + 0.5) / this.width };
  }

  // One cell of the map, or pixel of the image, further.
  step(place, down, right) {
    const [height, width] = this.map ? [this.map.height, this.map.width] : [this.height, this.width];
    const move = (at, size, by) => (Math.min(Math.max(Math.floor(at * size) + by, 0), size - 1) + 0.5) / size;
    return { y: move(place.y, height, down), x: move(place.x, width, right) };
  }

  remove() {
    this.section.remove();
  }
}
