// The shared read-out in words: what is under the pointer, which pixels it sees, and what to do next.
import { element, setText } from "../../shared/dom.js";
import { countIn, unitsReached } from "../../shared/field.js";
import { exactNumber, inRow } from "../../shared/numbers.js";

const QUIET = 600;

export class Readout {
  constructor(parent) {
    this.box = element("div", "readout", parent);
    const lines = element("div", "readout-lines", this.box);
    this.first = element("div", "readout-first", lines);
    this.where = element("span", "readout-where", this.first);
    this.value = element("span", "readout-value", this.first);
    this.second = element("div", "readout-second", lines);
    this.live = element("div", "hidden", parent);
    this.live.setAttribute("aria-live", "polite");
  }

  show(where, value, second) {
    setText(this.where, where);
    setText(this.value, value);
    setText(this.second, second);
    this.spoken = [where, value, second].filter(Boolean).join(" \u00b7 ");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => setText(this.live, this.spoken), QUIET);
  }

  stop() {
    clearTimeout(this.timer);
  }
}

export function whereWords(word, view, unit) {
  const { spec } = view;
  const label = spec.labels[unit.channel];
  if (spec.kind === "filters" && spec.matrix) return word("where.weight", { filter: unit.y, input: unit.x });
  if (spec.kind === "filters") {
    const [filter, input] = [Math.floor(unit.channel / spec.inputs), unit.channel % spec.inputs];
    return word(view.rgb ? "where.colour_kernel" : "where.kernel", { filter, input, y: unit.y, x: unit.x });
  }
  const channel = label ? word("where.labelled", { index: unit.channel, label }) : unit.channel + (spec.first ?? 0);
  if (spec.flat) return word("where.vector", { channel });
  return word("where.map", { channel, y: unit.y, x: unit.x });
}

export function valueWords(word, values) {
  const text = values.map(exactNumber).join(", ");
  return values.every(Number.isFinite) ? text : word("value.odd", { value: text });
}

export function fieldWords(word, field, box, image) {
  if (!field) return "";
  if (field.extent === "global") return word("field.global");
  if (field.extent === "unknown" || !box) return word("field.unknown");
  const [height, width] = [box.bottom - box.top + 1, box.right - box.left + 1];
  const place = { top: exactNumber(box.top), bottom: exactNumber(box.bottom), left: exactNumber(box.left),
    right: exactNumber(box.right), height, width };
  const parts = [word("field.box", place)];
  if (image) {
    const inside = (low, high, extent) => Math.max(0, Math.min(high, extent - 1) - Math.max(low, 0) + 1);
    const seen = inside(box.top, box.bottom, image.height) * inside(box.left, box.right, image.width);
    const outside = height * width - seen;
    if (outside) parts.push(word("field.padding", { outside, total: height * width }));
  }
  if (!field.dense) parts.push(word("field.sparse"));
  return inRow(parts);
}

export function reachWords(word, view, pixel) {
  const reached = unitsReached(view.spec.field, view.height, view.width, pixel.y, pixel.x);
  if (!reached) return "";
  const count = countIn(reached);
  if (!count) return word("reach.none", { name: view.spec.title || view.spec.name });
  const area = view.height * view.width;
  return word("reach.some", { count, area, name: view.spec.title || view.spec.name });
}

export function summaryWords(word, view) {
  const { stats, spec } = view;
  const at = { channel: Math.floor(stats.at / view.area), y: Math.floor((stats.at % view.area) / view.width), x: stats.at % view.width };
  const sentence = word("summary.maps", { name: spec.title || spec.name,
    shape: spec.dims.join("×"), min: exactNumber(Math.fround(stats.min)),
    max: exactNumber(Math.fround(stats.max)), mean: exactNumber(Math.fround(stats.mean)), where: whereWords(word, view, at) });
  return stats.odd ? `${sentence} ${word("summary.odd", { count: stats.odd })}` : sentence;
}
