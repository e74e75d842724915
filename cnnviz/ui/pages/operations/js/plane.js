// One plane of a grid on a canvas: numbers where they can be read, a picture where they cannot, and the marks.
import { element } from "../../../components/shared/dom.js";
import { shortNumber } from "../../../components/shared/numbers.js";
import { magnified } from "../../../components/shared/presented.js";
import { SvgContext } from "../../../components/shared/svg_context.js";

export const READABLE = 24;
const MOST = 60;
const TINT = 0.32;
const FEW = 9;
const WIDEST = 400; // pixels: wider grids of many columns are drawn as pictures
const PICTURE = 320;
const CELLS = 150; // more numbers than this in several planes are drawn as pictures

export class Plane {
  /** @type {import("./grid.js").Grid} */ grid;
  /** @type {number} */ index;

  constructor(parent, grid, index) {
    Object.assign(this, { grid, index });
    this.box = element("div", "plane", parent);
    if (grid.labels[index]) element("div", "plane-label", this.box, grid.labels[index]);
    this.stage = element("div", "stage", this.box);
    this.base = element("canvas", "", this.stage);
    this.marks = element("canvas", "marks", this.stage);
    for (const canvas of [this.base, this.marks]) canvas.setAttribute("aria-hidden", "true");
  }

  layout(room, coarse) {
    const { grid } = this;
    const fit = room / grid.fullWidth;
    const need = Math.max(READABLE, this.wide() * 6 + 4);
    const few = grid.planes === 1 || grid.planes * grid.fullHeight * grid.fullWidth <= CELLS;
    this.numbers = few && need * grid.fullWidth <= Math.min(room, grid.fullWidth > FEW ? WIDEST : room);
    const roomy = grid.fullWidth <= 6 && magnified(this.stage) === 1 ? 42 : grid.fullWidth <= 12 ? 34 : READABLE;
    const wanted = Math.min(MOST, Math.max(roomy, this.wide() * 7.5 + 12));
    this.cell = this.numbers ? Math.floor(Math.min(wanted, fit)) : Math.min(fit, PICTURE / grid.fullWidth, coarse ? 24 : 14);
    if (this.cell > 6) this.cell = Math.floor(this.cell);
    this.width = this.cell * grid.fullWidth;
    this.height = this.cell * grid.fullHeight;
    this.ratio = Math.min(4, Math.min(2, window.devicePixelRatio || 1) * magnified(this.stage));
    for (const canvas of [this.base, this.marks]) {
      canvas.width = Math.ceil(this.width * this.ratio);
      canvas.height = Math.ceil(this.height * this.ratio);
      canvas.style.width = `${this.width}px`;
      canvas.style.height = `${this.height}px`;
    }
    this.stage.style.width = `${this.width}px`;
    this.stage.style.height = `${this.height}px`;
  }

  // The longest number that a cell has to hold, in characters.
  wide() {
    const { grid } = this;
    if (grid.longest === undefined) {
      grid.longest = 1;
      if (grid.count <= 1024) for (const value of grid.values) grid.longest = Math.max(grid.longest, shortNumber(value, 3).length);
    }
    return Math.min(grid.longest, 6);
  }

  readable() {
    return this.numbers;
  }

  context(canvas) {
    const context = canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }

  paint(scale, theme) {
    this.numbered = this.readable();
    this.base.drawFigure = (add) => this.draw(new SvgContext(add), scale, theme);
    this.draw(this.context(this.base), scale, theme);
  }

  draw(context, scale, theme) {
    if (this.numbered) this.paintNumbers(context, scale, theme);
    else this.paintPicture(context, scale, theme);
  }

  paintNumbers(context, scale, theme) {
    const { grid, cell } = this;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let y = -grid.top; y < grid.height + grid.bottom; y += 1) {
      for (let x = -grid.left; x < grid.width + grid.right; x += 1) {
        const [left, top] = [(x + grid.left) * cell, (y + grid.top) * cell];
        const padding = !grid.inside(y, x);
        const value = grid.value(this.index, y, x);
        if (padding) this.hatch(context, left, top, theme);
        else {
          context.globalAlpha = TINT;
          context.fillStyle = scale.css(value);
          context.fillRect(left, top, cell, cell);
          context.globalAlpha = 1;
        }
        context.strokeStyle = theme.line;
        context.lineWidth = 0.5;
        context.strokeRect(left + 0.5, top + 0.5, cell - 1, cell - 1);
        const said = shortNumber(value, 3);
        context.font = `${Math.max(9, Math.min(14, (cell - 4) / (said.length * 0.58)))}px ${theme.code}`;
        context.fillStyle = padding ? theme.muted : theme.text;
        context.fillText(said, left + cell / 2, top + cell / 2 + 0.5);
      }
    }
  }

  hatch(context, left, top, theme) {
    context.fillStyle = theme.track;
    context.fillRect(left, top, this.cell, this.cell);
    context.strokeStyle = theme.line;
    context.lineWidth = 0.75;
    context.beginPath();
    for (let offset = 6; offset < 2 * this.cell; offset += 6) {
      context.moveTo(left + Math.max(0, offset - this.cell), top + Math.min(offset, this.cell));
      context.lineTo(left + Math.min(offset, this.cell), top + Math.max(0, offset - this.cell));
    }
    context.stroke();
  }

  paintPicture(context, scale, theme) {
    const { grid, cell } = this;
    const sheet = document.createElement("canvas");
    sheet.width = grid.width;
    sheet.height = grid.height;
    const inner = sheet.getContext("2d");
    const picture = inner.createImageData(grid.width, grid.height);
    const pixels = new Uint32Array(picture.data.buffer);
    const first = this.index * grid.area;
    for (let place = 0; place < grid.area; place += 1) pixels[place] = scale.packed(grid.values[first + place]);
    inner.putImageData(picture, 0, 0);
    context.fillStyle = theme.hatchPaper;
    context.fillRect(0, 0, this.width, this.height);
    context.imageSmoothingEnabled = false;
    context.drawImage(sheet, grid.left * cell, grid.top * cell, grid.width * cell, grid.height * cell);
  }

  cellAt(event) {
    const box = this.stage.getBoundingClientRect();
    const limit = (value, count) => Math.max(0, Math.min(count - 1, value));
    const x = limit(Math.floor(((event.clientX - box.left) / box.width) * this.grid.fullWidth), this.grid.fullWidth);
    const y = limit(Math.floor(((event.clientY - box.top) / box.height) * this.grid.fullHeight), this.grid.fullHeight);
    return { plane: this.index, y: y - this.grid.top, x: x - this.grid.left };
  }

  // reads: what the active number is made of; reaches: what it goes into; here: itself.
  mark(reads, reaches, here, pinned, theme) {
    const context = this.context(this.marks);
    this.outline(context, reaches, theme.reach, theme.reachFill, [4, 3]);
    this.outline(context, reads, theme.accent, theme.accentFill, []);
    if (pinned) this.frame(context, pinned, theme.pin, 1.5, [2, 2]);
    if (here) this.frame(context, here, theme.pin, 2.5, []);
  }

  frame(context, { y, x }, colour, line, dash) {
    const [left, top] = [(x + this.grid.left) * this.cell, (y + this.grid.top) * this.cell];
    const size = Math.max(this.cell, 6);
    const shift = (this.cell - size) / 2;
    context.setLineDash(dash);
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(left + shift + line / 2, top + shift + line / 2, size - line, size - line);
  }

  outline(context, ids, colour, fill, dash) {
    if (!ids?.size) return;
    const { grid, cell } = this;
    const mine = new Set();
    for (const id of ids) if (grid.cell(id).plane === this.index) mine.add(id);
    context.setLineDash(dash);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.fillStyle = fill;
    context.beginPath();
    for (const id of mine) {
      const at = grid.cell(id);
      const [left, top] = [(at.x + grid.left) * cell, (at.y + grid.top) * cell];
      context.fillRect(left, top, cell, cell);
      const edge = (dy, dx) => !(at.y + dy >= -grid.top && at.x + dx >= -grid.left && at.x + dx < grid.width + grid.right
        && mine.has(grid.id(this.index, at.y + dy, at.x + dx)));
      const inset = 1;
      if (edge(-1, 0)) line(context, left, top + inset, left + cell, top + inset);
      if (edge(1, 0)) line(context, left, top + cell - inset, left + cell, top + cell - inset);
      if (edge(0, -1)) line(context, left + inset, top, left + inset, top + cell);
      if (edge(0, 1)) line(context, left + cell - inset, top, left + cell - inset, top + cell);
    }
    context.stroke();
    context.setLineDash([]);
  }
}

function line(context, x1, y1, x2, y2) {
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
}
