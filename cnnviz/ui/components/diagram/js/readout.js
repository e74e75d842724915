// The facts of the layer under the pointer or the focus, in one place that never moves.
import { element } from "../../shared/dom.js";
import { shapeText, titleOf } from "./nodes.js";

export function drawReadout(panel, item, data) {
  panel.replaceChildren();
  if (!item) {
    panel.append(element("p", "hint", null, data.words.hint));
    return;
  }
  const number = new Intl.NumberFormat(data.language);
  const row = item.type === "row";
  panel.append(element("p", "title", null, row ? item.id : titleOf(item)));
  panel.append(element("p", "kind", null, row ? kindLine(item, data) : data.words.layers_inside.replace("#", item.layers)));
  const facts = element("dl", "facts");
  const fact = (label, value) => { facts.append(element("dt", "", null, label), element("dd", "", null, value)); };
  if (row) fact(data.words.inputs, item.inputs.map((at) => (at < 0 ? data.words.image : data.rows[at].name)).join(", "));
  fact(data.words.shape, shapeText(item.shape));
  fact(data.words.params, number.format(item.params));
  fact(data.words.macs, number.format(item.macs));
  fact(data.words.memory, bytesText(item.bytes, number));
  fact(data.words.field, item.field);
  panel.append(facts);
  if (row) panel.append(element("p", "what", null, data.kinds[item.kind].what));
  panel.append(element("p", "hint", null, row ? data.words.hint_layer : data.words.hint_block));
}

function kindLine(item, data) {
  const { name } = data.kinds[item.kind];
  return name === item.kind ? name : `${name} · ${item.kind}`;
}

/** @type {[string, number][]} */
const UNITS = [["B", 1], ["kB", 1e3], ["MB", 1e6], ["GB", 1e9]];

function bytesText(bytes, number) {
  const [unit, size] = UNITS.findLast(([, one]) => bytes >= one) ?? UNITS[0];
  return `${number.format(Number((bytes / size).toPrecision(3)))} ${unit}`;
}
