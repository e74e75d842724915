// A curve to sketch: a point for each place, moved by pointer or by the arrow keys.
import { element } from "../../../components/shared/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 360, HEIGHT = 240, LEFT = 44, RIGHT = 16, TOP = 14, BOTTOM = 40;

function drawn(tag, parent, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

export default function ({ data, parentElement, setStateValue }) {
  const shape = JSON.stringify([data.x, data.low, data.high, data.fixed]);
  const old = parentElement.querySelector(".cnnviz-response");
  if (old?.dataset.shape === shape) return;
  old?.remove();
  const root = element("div", "cnnviz-response", parentElement);
  root.dataset.shape = shape;
  element("p", "label", root, data.words["sketch.label"]);
  const span = data.high - data.low;
  const fixed = new Map(data.fixed);
  const heights = data.x.map((_, place) => fixed.get(place) ?? data.low + span / 2);
  const [first, last] = [data.x[0], data.x[data.x.length - 1]];
  const across = (x) => LEFT + ((x - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT);
  const down = (y) => TOP + (1 - (y - data.low) / span) * (HEIGHT - TOP - BOTTOM);
  const svg = drawn("svg", root, { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": data.words["sketch.label"] });
  drawn("path", svg, { class: "axes", d: `M${LEFT},${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}` });
  for (const y of [data.low, data.low + span / 2, data.high]) {
    drawn("text", svg, { x: LEFT - 6, y: down(y) + 4, "text-anchor": "end" }, String(Number(y.toPrecision(3))));
  }
  for (const x of data.x) drawn("text", svg, { x: across(x), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, String(x));
  drawn("text", svg, { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 5, "text-anchor": "middle" }, data.x_label);
  element("p", "hint", root, `${data.y_label}. ${data.words["sketch.hint"]}`);
  const line = drawn("polyline", svg, { class: "curve" });
  const touched = new Set(fixed.keys());
  const points = data.x.map((x, place) => {
    const point = drawn("circle", svg, { r: fixed.has(place) ? 4 : 9, class: fixed.has(place) ? "fixed" : "point" });
    if (fixed.has(place)) return point;
    point.tabIndex = 0;
    const words = data.words["sketch.point"].replace("{x}", x);
    for (const [name, value] of Object.entries({ role: "slider", "aria-label": words, "aria-valuemin": data.low,
      "aria-valuemax": data.high })) point.setAttribute(name, value);
    return point;
  });
  const show = () => {
    points.forEach((point, place) => {
      point.setAttribute("cx", across(data.x[place]));
      point.setAttribute("cy", down(heights[place]));
      if (!fixed.has(place)) point.setAttribute("aria-valuenow", Number(heights[place].toPrecision(3)));
    });
    line.setAttribute("points", data.x.map((x, place) => `${across(x)},${down(heights[place])}`).join(" "));
  };
  const tell = () => setStateValue("curve", { heights: touched.size === data.x.length ? [...heights] : null });
  const move = (place, height) => {
    heights[place] = Math.min(data.high, Math.max(data.low, height));
    touched.add(place);
    show();
  };
  points.forEach((point, place) => {
    if (fixed.has(place)) return;
    point.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (event.key === "Enter" || event.key === " ") move(place, heights[place]);
      else if (step) move(place, heights[place] + (step * span) / 100);
      else return;
      event.preventDefault();
      tell();
    });
    point.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      point.setPointerCapture(event.pointerId);
      point.focus();
    });
    point.addEventListener("pointermove", (event) => {
      if (!point.hasPointerCapture(event.pointerId)) return;
      const box = svg.getBoundingClientRect();
      const y = ((event.clientY - box.top) / box.height) * HEIGHT;
      move(place, data.low + (1 - (y - TOP) / (HEIGHT - TOP - BOTTOM)) * span);
    });
    point.addEventListener("pointerup", tell);
  });
  show();
}
