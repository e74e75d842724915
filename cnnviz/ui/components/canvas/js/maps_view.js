// Maps, kernels or a vector: all of them in a grid, or one of them large.
import { Legend } from "../../shared/legend.js";
import { clamp, shortNumber } from "../../shared/numbers.js";
import { barAt, barRect, barsOf, gridHeight, gridOf, GUTTER, tileAt, tileRect } from "./grid.js";
import { drawBar } from "./bars.js";
import { hatch } from "../../shared/surface.js";
import { markCell, markReached, outline } from "../../shared/marks.js";
import { paintColour, paintMap, Sheet, writeCells } from "../../shared/paint.js";
import { PRESENTED_FONT } from "../../shared/presented.js";
import { statsOf } from "./stats.js";
import { SvgContext } from "../../shared/svg_context.js";
import { unitsReached } from "../../shared/field.js";
import { ZoomView } from "./zoom_view.js";

const LARGEST = 560;
const WRITTEN = 34; // pixels: numbers stand in cells that are as large
const READABLE = 45; // in present mode: of the layout, whose number of 14 pixels is one of 28 on the screen
const HEAD = 46; // with the space below
const FOOT = 58;

export class MapsView extends ZoomView {
  /** @type {number} */ channels;
  /** @type {import("./toolbar.js").MapsTools} */ controls;
  /** @type {Unit} */ cursor;
  /** @type {Float32Array} */ values;

  constructor(app, spec) {
    super(app, spec);
    this.legend = new Legend(this.foot);
    this.base.canvas.drawFigure = (add) => this.draw(this.zoom > 1.01 ? this.enlarged(add) : new SvgContext(add));
    this.level = "grid";
    this.page = 0;
    this.zoom = 1;
    this.cursor = null;
    this.rgb = spec.kind === "filters" && spec.inputs === 3 && !spec.matrix;
    this.sorted = false;
  }

  // The user's place is kept from tensor to tensor of one shape; another shape begins anew.
  update(spec, values) {
    const before = this.spec?.shape.join();
    const fresh = this.spec?.tensor !== spec.tensor;
    this.name(spec);
    [this.channels, this.height, this.width] = spec.shape;
    this.values = values;
    this.area = this.height * this.width;
    this.vector = this.area === 1;
    if (fresh) this.stats = statsOf(values, this.channels, this.area);
    if (before !== spec.shape.join()) {
      this.page = 0;
      this.cursor = null;
      this.level = this.channels === 1 && !this.vector ? "map" : "grid";
      this.goTo({ channel: 0, y: (this.height - 1) >> 1, x: (this.width - 1) >> 1 }, 0);
      this.sorted = false;
      if (spec.kind === "filters" && (spec.inputs !== 3 || spec.matrix)) this.rgb = false;
    }
    if (fresh) this.sort(this.sorted);
  }

  sort(sorted) {
    this.sorted = sorted;
    this.order = sorted ? [...this.values.keys()].sort((a, b) => this.values[b] - this.values[a]) : null;
  }

  get tiles() {
    return this.rgb ? this.spec.filters : this.channels;
  }

  channelOf(slot) {
    return this.order ? this.order[slot] : this.rgb ? slot * 3 : slot;
  }

  slotOf(channel) {
    return this.order ? this.order.indexOf(channel) : this.rgb ? Math.floor(channel / 3) : channel;
  }

  value({ channel, y, x }) {
    return this.values[channel * this.area + y * this.width + x];
  }

  // Red, green and blue weight of a kernel shown in colour; else the one value.
  valuesAt(unit) {
    return this.rgb ? [0, 1, 2].map((part) => this.value({ ...unit, channel: unit.channel + part })) : [this.value(unit)];
  }

  scale(channel) {
    return this.app.scaleOf(this, channel);
  }

  colourAt(unit) {
    if (!this.rgb) return this.scale(unit.channel).css(this.value(unit));
    const { low, high } = this.scale(unit.channel);
    const level = (value) => (high > low ? Math.round(((value - low) / (high - low)) * 255) : 128);
    return `rgb(${this.valuesAt(unit).map(level).join(",")})`;
  }

  layout() {
    const { presented, narrow } = this.app;
    const room = this.room;
    this.foot.hidden = this.vector && Boolean(presented); // bars say their numbers
    const tall = presented && !narrow ? presented.height - HEAD - (this.vector ? 0 : FOOT) : room < 480 ? 420 : 500;
    const largest = presented && !narrow ? tall : LARGEST;
    const labelled = this.spec.labels.length > 0;
    this.grid = this.vector ? barsOf(this.tiles, room, tall, labelled) : gridOf(this.tiles, this.height, this.width, room, tall);
    this.page = clamp(this.page, 0, this.grid.pages - 1);
    this.shown = Math.min(this.grid.perPage, this.tiles - this.page * this.grid.perPage);
    this.viewWidth = Math.min(room, LARGEST, Math.floor((largest * this.width) / this.height));
    this.viewHeight = Math.max(24, Math.round((this.viewWidth * this.height) / this.width));
    const height = this.level === "map" ? this.viewHeight : this.vector
      ? Math.min(this.shown, this.grid.rows) * this.grid.tileHeight : gridHeight(this.grid, this.shown);
    this.size = [this.level === "map" ? this.viewWidth : room, height];
    this.stage.style.height = `${height}px`;
    this.stage.style.width = `${this.size[0]}px`;
    this.stage.dataset.level = this.level;
    this.stage.dataset.zoomed = this.level === "map" && this.zoom > 1.01;
  }

  slotRect(slot) {
    const index = slot - this.page * this.grid.perPage;
    return this.vector ? barRect(this.grid, index) : tileRect(this.grid, index);
  }

  get cell() {
    if (this.vector) return 24;
    const wide = this.level === "map" ? (this.viewWidth * this.zoom) / this.width : this.grid.tileWidth / this.width;
    const high = this.level === "map" ? wide : this.grid.tileHeight / this.height;
    return Math.min(wide, high);
  }

  get written() {
    return this.cell >= (this.app.presented ? READABLE : WRITTEN) && !this.rgb;
  }

  paint() {
    if (!this.values) return;
    this.over.resize(...this.size);
    this.draw(this.base.resize(...this.size));
  }

  // An enlarged map goes beyond its stage: in a figure it is the picture of what is seen.
  enlarged(add) {
    const context = document.createElement("canvas").getContext("2d");
    new SvgContext(add).drawImage(this.base.canvas, 0, 0, ...this.size);
    return context;
  }

  draw(context) {
    const { theme } = this.app;
    if (this.level === "map") this.paintOne(context, theme);
    else if (this.vector) this.paintBars(context, theme);
    else this.paintGrid(context, theme);
  }

  sheet(slots) {
    const { values, area, height, width } = this;
    return new Sheet(slots.length, height, width).fill((pixels, offset, stride, index) => {
      const channel = this.channelOf(slots[index]);
      const scale = this.scale(channel);
      if (!this.rgb) return paintMap(pixels, offset, stride, values, channel * area, height, width, scale);
      const starts = [0, 1, 2].map((part) => (channel + part) * area);
      return paintColour(pixels, offset, stride, values, starts, height, width, scale.low, scale.high);
    });
  }

  paintGrid(context, theme) {
    const slots = Array.from({ length: this.shown }, (_, index) => this.page * this.grid.perPage + index);
    const sheet = this.sheet(slots);
    const pattern = this.stats.odd ? hatch(context, theme.hatchInk, theme.hatchPaper) : theme.track;
    context.font = `${this.app.presented ? PRESENTED_FONT : 11}px ${theme.font}`;
    slots.forEach((slot, index) => {
      const rect = this.slotRect(slot);
      context.fillStyle = pattern;
      context.fillRect(rect.left, rect.top, rect.width, rect.height);
      sheet.draw(context, index, rect);
      if (this.written) this.write(context, { ...rect, clipWidth: 1e9, clipHeight: 1e9 }, this.channelOf(slot), theme);
      if (index % this.grid.columns) return;
      context.fillStyle = theme.muted;
      context.textAlign = "right";
      context.textBaseline = "top";
      context.fillText(String(slot), GUTTER - 7, rect.top + 2);
    });
  }

  paintOne(context, theme) {
    const rect = this.mapRect();
    context.fillStyle = this.stats.odd ? hatch(context, theme.hatchInk, theme.hatchPaper) : theme.track;
    context.fillRect(0, 0, ...this.size);
    this.sheet([this.slotOf(this.channel)]).draw(context, 0, rect);
    if (this.written) this.write(context, rect, this.channel, theme);
  }

  write(context, rect, channel, theme) {
    writeCells(context, rect, this.height, this.width, (y, x) => this.value({ channel, y, x }), this.scale(channel),
      (value) => shortNumber(value, this.cell < 50 ? 2 : 3), theme.code, Boolean(this.app.presented));
  }

  paintBars(context, theme) {
    for (let index = 0; index < this.shown; index += 1) {
      const channel = this.channelOf(this.page * this.grid.perPage + index);
      const text = this.spec.labels[channel] ?? String(channel);
      drawBar(context, barRect(this.grid, index), { text, wide: this.spec.labels.length > 0 }, this.values[channel],
        this.scale(channel), theme, this.app.presented ? PRESENTED_FONT : 12);
    }
  }

  mark(hovered, pinned, pixel) {
    if (!this.values) return;
    const context = this.over.clear();
    const { theme } = this.app;
    const reached = pixel && !this.vector ? unitsReached(this.spec.field, this.height, this.width, pixel.y, pixel.x) : null;
    if (reached) for (const rect of this.shownRects()) markReached(context, rect, this.height, this.width, reached, theme);
    if (pinned) this.markUnit(context, pinned, theme.pin);
    if (hovered) this.markUnit(context, hovered, theme.accent);
  }

  shownRects() {
    if (this.level === "map") return [this.mapRect()];
    return Array.from({ length: this.shown }, (_, index) => this.slotRect(this.page * this.grid.perPage + index));
  }

  markUnit(context, unit, colour) {
    const slot = this.slotOf(unit.channel);
    if (this.level === "map") {
      if (slot === this.slotOf(this.channel)) markCell(context, this.mapRect(), this.height, this.width, unit.y, unit.x, colour, false);
      return;
    }
    const index = slot - this.page * this.grid.perPage;
    if (index < 0 || index >= this.shown) return;
    const rect = this.slotRect(slot);
    if (this.vector) return outline(context, rect.left + 2, rect.top + 2, rect.width - 4, rect.height - 4, colour);
    markCell(context, rect, this.height, this.width, unit.y, unit.x, colour, true);
    if (this.cell < 12) outline(context, rect.left, rect.top, rect.width, rect.height, colour);
  }

  hit(x, y) {
    if (this.level === "map") return this.cellIn(this.mapRect(), this.channel, x, y);
    const index = this.vector ? barAt(this.grid, this.shown, x, y) : tileAt(this.grid, this.shown, x, y);
    if (index < 0) return null;
    const slot = this.page * this.grid.perPage + index;
    return this.vector ? { channel: this.channelOf(slot), y: 0, x: 0 } : this.cellIn(this.slotRect(slot), this.channelOf(slot), x, y);
  }

  cellIn(rect, channel, x, y) {
    const column = Math.floor(((x - rect.left) / rect.width) * this.width);
    const row = Math.floor(((y - rect.top) / rect.height) * this.height);
    return row < 0 || column < 0 || row >= this.height || column >= this.width ? null : { channel, y: row, x: column };
  }

  // One map large, enlarged so far that its cells are targets of `target` pixels, around the unit.
  open(unit, target) {
    this.level = "map";
    this.goTo(unit, target && this.app.presented ? READABLE : target);
  }

  goTo(unit, target) {
    this.channel = unit.channel;
    this.zoom = 1;
    if (target) { // only then, since asking for the width makes the browser lay out the page
      const wide = Math.min(this.section.clientWidth || LARGEST, LARGEST, (LARGEST * this.width) / this.height);
      this.zoom = Math.max(1, (target * 1.05 * this.width) / wide);
    }
    this.centre = [unit.x + 0.5, unit.y + 0.5];
  }

  close() {
    this.level = "grid";
    this.page = Math.floor(this.slotOf(this.channel) / Math.max(1, this.grid.perPage));
  }

  // Keep a unit in sight: its page in the grid, its cell in the large map.
  reveal(unit) {
    if (this.level === "grid") {
      this.page = Math.floor(this.slotOf(unit.channel) / this.grid.perPage);
      return;
    }
    this.channel = unit.channel;
    const rect = this.mapRect();
    const cell = rect.width / this.width;
    const [x, y] = [rect.left + (unit.x + 0.5) * cell, rect.top + (unit.y + 0.5) * cell];
    const inside = x > cell && y > cell && x < this.viewWidth - cell && y < this.viewHeight - cell;
    if (!inside) this.centre = [unit.x + 0.5, unit.y + 0.5];
    this.clampCentre();
  }
}
