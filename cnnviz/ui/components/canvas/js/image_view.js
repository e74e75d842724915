// The input image, the box of a unit on it, and beside it the heat of the pinned unit.
import { element } from "../../shared/dom.js";
import { ColourScale } from "../../shared/colour.js";
import { overhang } from "../../shared/field.js";
import { Legend } from "../../shared/legend.js";
import { markBox, outline } from "../../shared/marks.js";
import { paintColour, paintMap, Sheet } from "../../shared/paint.js";
import { statsOf } from "./stats.js";
import { Surface } from "../../shared/surface.js";
import { View } from "./view.js";

const LARGEST = 360;
const NARROW = 300;
const HEAD_AND_FOOT = 112;
const GAP = 16;
const MOST_OVERHANG = 0.4;

export class ImageView extends View {
  /** @type {number} */ channels;
  /** @type {number} */ height;
  /** @type {number} */ width;
  /** @type {Place} */ cursor;
  /** @type {Uint8Array | Float32Array} */ values;

  constructor(app, spec) {
    super(app, spec);
    this.cursor = null;
    const pictures = element("div", "pictures", this.section);
    pictures.append(this.stage);
    this.heatBox = element("div", "heat", pictures);
    const stage = element("div", "stage heat-stage", this.heatBox);
    this.heatStage = stage;
    this.heatBase = new Surface(stage, "base");
    this.heatOver = new Surface(stage, "over");
    this.heatLegend = new Legend(this.heatBox);
  }

  update(spec, values, heat) {
    const before = this.spec?.shape.join();
    this.name(spec);
    [this.channels, this.height, this.width] = spec.shape;
    this.values = values;
    if (before !== spec.shape.join()) this.cursor = null;
    const starts = Array.from({ length: this.channels }, (_, c) => c * this.height * this.width);
    const planes = this.channels === 3 ? starts : [0, 0, 0];
    this.sheet = new Sheet(1, this.height, this.width).fill((pixels, offset, stride) =>
      paintColour(pixels, offset, stride, values, planes, this.height, this.width, spec.low, spec.high));
    this.heat = heat;
    this.heatScale = null;
    this.heatBox.hidden = !heat;
  }

  valuesAt({ y, x }) {
    return Array.from({ length: this.channels }, (_, c) => this.values[(c * this.height + y) * this.width + x]);
  }

  layout() {
    const over = { top: 0, left: 0, bottom: 0, right: 0 };
    for (const view of this.app.mapsViews) {
      const reach = overhang(view.spec.field, view.height, view.width, this.height, this.width);
      for (const side of Object.keys(over)) {
        const most = (side === "top" || side === "bottom" ? this.height : this.width) * MOST_OVERHANG;
        over[side] = Math.min(most, Math.max(over[side], reach[side]));
      }
    }
    const [across, down] = [this.width + over.left + over.right, this.height + over.top + over.bottom];
    const edge = 4;
    // stacked over the maps, the image leaves room for the heat beside it, so that a pin moves nothing
    const { presented, narrow } = this.app;
    const largest = narrow ? Math.min(NARROW, (this.room - GAP) / 2) : presented ? (presented.height - HEAD_AND_FOOT) / (this.heat ? 2 : 1) : LARGEST;
    const room = Math.min(this.room, largest) - 2 * edge;
    const scale = Math.min(room / across, largest / down);
    this.rect = { left: edge + over.left * scale, top: edge + over.top * scale, width: this.width * scale, height: this.height * scale };
    this.size = [Math.ceil(across * scale) + 2 * edge, Math.ceil(down * scale) + 2 * edge];
    for (const stage of [this.stage, this.heatStage]) {
      stage.style.width = `${this.size[0]}px`;
      stage.style.height = `${this.size[1]}px`;
    }
  }

  paint() {
    if (!this.values) return;
    const context = this.base.resize(...this.size);
    this.over.resize(...this.size);
    const { theme } = this.app;
    this.sheet.draw(context, 0, this.rect);
    context.strokeStyle = theme.line;
    context.strokeRect(this.rect.left - 0.5, this.rect.top - 0.5, this.rect.width + 1, this.rect.height + 1);
    if (this.heat) this.paintHeat(theme);
  }

  paintHeat(theme) {
    const { height, width, heat, spec } = this;
    const stats = statsOf(heat, 1, height * width);
    if (this.heatScale?.dark !== theme.dark) {
      this.heatScale = new ColourScale(spec.heat.signed ? stats.min : Math.min(0, stats.min), stats.max, spec.heat.signed, theme.dark);
    }
    const context = this.heatBase.resize(...this.size);
    this.heatOver.resize(...this.size);
    new Sheet(1, height, width).fill((pixels, offset, stride) =>
      paintMap(pixels, offset, stride, heat, 0, height, width, this.heatScale)).draw(context, 0, this.rect);
    context.strokeStyle = theme.line;
    context.strokeRect(this.rect.left - 0.5, this.rect.top - 0.5, this.rect.width + 1, this.rect.height + 1);
    this.heatLegend.draw(this.heatScale, spec.heat.title, "");
    this.heatLegend.box.style.maxWidth = `${this.size[0]}px`;
  }

  // The box of a unit, or the pixel under the pointer.
  mark(box, pixel) {
    if (!this.values) return;
    const { theme } = this.app;
    const context = this.over.clear();
    if (box) markBox(context, this.rect, this.height, this.width, box, theme);
    if (pixel) this.markPixel(context, pixel, theme);
    if (!this.heat) return;
    const second = this.heatOver.clear();
    const pinned = this.app.pinnedBox();
    if (pinned) markOutline(second, this.rect, this.height, this.width, pinned, theme);
    if (pixel) this.markPixel(second, pixel, theme);
  }

  markPixel(context, { y, x }, theme) {
    const cell = this.rect.width / this.width;
    outline(context, this.rect.left + x * cell, this.rect.top + y * cell, cell, cell, theme.accent);
  }

  hit(x, y) {
    const column = Math.floor(((x - this.rect.left) / this.rect.width) * this.width);
    const row = Math.floor(((y - this.rect.top) / this.rect.height) * this.height);
    return row < 0 || column < 0 || row >= this.height || column >= this.width ? null : { y: row, x: column };
  }
}

function markOutline(context, rect, height, width, box, theme) {
  const [across, down] = [rect.width / width, rect.height / height];
  outline(context, rect.left + box.left * across, rect.top + box.top * down,
    (box.right - box.left + 1) * across, (box.bottom - box.top + 1) * down, theme.accent);
}
