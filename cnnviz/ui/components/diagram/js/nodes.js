// One element per layer or block: a badge with letter and colour, the name, the output's shape and its tensor as a small solid.
import { element } from "../../shared/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const ROW = { w: 204, h: 34 }, JOIN = { w: 160, h: 32 }, FOLDED = { w: 214, h: 48 };

export function sizeOf(item, header = false) {
  if (header) return { w: 84 + 7.2 * (titleOf(item).length + shapeText(item.shape).length) };
  if (item.type === "block") return { ...FOLDED, w: Math.max(FOLDED.w, 60 + 7.2 * (titleOf(item).length + shapeText(item.shape).length)) };
  const base = item.symbol ? JOIN : ROW;
  return { ...base, w: Math.max(base.w, 96 + 7.2 * (item.label.length + shapeText(item.shape).length)) };
}

export function titleOf(block) {
  return block.label + (block.times > 1 ? ` ×${block.times}` : "");
}

export function shapeText(shape) {
  return shape ? shape.join("×") : "";
}

export function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// Height follows the image's side, depth the channels, both on a log scale: a big map shrinks while it thickens.
function solid(shape) {
  const box = svg("svg", { class: "solid", width: 34, height: 26, viewBox: "0 0 34 26", "aria-hidden": "true" });
  const flat = shape.length < 3;
  const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
  const side = flat ? 3 : clamp(2.2 * Math.log2(shape[1] + 1), 3, 17);
  const depth = clamp(1.5 * Math.log2(shape[0] + 1), 1.5, 16);
  const slant = depth * 0.42, x = (34 - side - depth) / 2, y = (26 + side + slant) / 2 - side;
  const face = [[x, y], [x + side, y], [x + side, y + side], [x, y + side]];
  const top = [[x, y], [x + depth, y - slant], [x + depth + side, y - slant], [x + side, y]];
  const right = [[x + side, y], [x + side + depth, y - slant], [x + side + depth, y - slant + side], [x + side, y + side]];
  for (const [name, points] of Object.entries({ face, top, right })) {
    box.append(svg("polygon", { class: name, points: points.map((point) => point.map((n) => n.toFixed(1)).join(",")).join(" ") }));
  }
  return box;
}

export function drawNode(box, data, tree) {
  const { item } = box, block = item.type === "block";
  const node = element("div", block ? (box.open ? "frame" : "node block") : item.symbol ? "node join" : "node");
  node.style.cssText = `left:${box.x}px;top:${box.y}px;width:${box.w}px;height:${box.h}px`;
  const target = box.open ? element("div", "header") : node;
  target.dataset.id = item.id;
  target.tabIndex = -1;
  target.setAttribute("role", "treeitem");
  target.setAttribute("aria-level", item.depth);
  target.setAttribute("aria-posinset", item.place + 1);
  target.setAttribute("aria-setsize", item.parent.children.length);
  target.setAttribute("aria-label", spoken(item, data));
  if (block) {
    target.setAttribute("aria-expanded", String(box.open));
    target.append(element("span", "fold", null, box.open ? "−" : "+"));
  } else {
    const badge = element("span", `badge ${item.family}`, null, item.symbol || item.letter);
    target.append(badge);
  }
  const words = element("span", "words");
  words.append(element("span", "name", null, item.label));
  if (block && item.times > 1) words.append(element("span", "times", null, `×${item.times}`));
  if (block && !box.open) words.append(element("span", "inside", null, data.words.layers_inside.replace("#", item.layers)));
  target.append(words);
  target.append(element("span", "shape", null, shapeText(item.shape)));
  if (!item.symbol && !box.open) target.append(solid(item.shape));
  if (box.open) node.append(target);
  return { element: node, target };
}

function spoken(item, data) {
  const shape = shapeText(item.shape);
  if (item.type === "block") return `${titleOf(item)}, ${data.words.block}, ${shape}`;
  return `${item.label}, ${data.kinds[item.kind].name}, ${shape}`;
}
