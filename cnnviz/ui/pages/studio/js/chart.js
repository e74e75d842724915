// One wide curve: the test accuracy of each setting by epoch, with its name at the end of its line.
import { spread } from "./spread.js";

const SVG = "http://www.w3.org/2000/svg";
const LINE = 15; // pixels from one line of a label to the next
const TOP = 26, BOTTOM = 24, LEFT = 44;
const NARROW = 560;

/** Marks of about one area around (0, 0), as Plotly's of the same names. */
const SYMBOLS = {
  circle: "M-5,0A5,5 0 1 1 5,0A5,5 0 1 1 -5,0Z",
  square: "M-4.5,-4.5H4.5V4.5H-4.5Z",
  diamond: "M0,-6.2L6.2,0L0,6.2L-6.2,0Z",
  x: "M-5.5,-2.7L-2.7,-5.5L0,-2.7L2.7,-5.5L5.5,-2.7L2.7,0L5.5,2.7L2.7,5.5L0,2.7L-2.7,5.5L-5.5,2.7L-2.7,0Z",
};

export function svg(tag, attributes, parent, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

/** A share as it is read: three digits. */
export function written(share) {
  return `${Number((100 * share).toPrecision(3))}%`;
}

export function symbolPath(name) {
  return SYMBOLS[name];
}

/** @typedef {{alt: string, axis: string, epochs: number[], unit: string, guess: {share: number, label: string},
 *   settings: {name: string, symbol: string, mean: number[], seeds: number[][]}[]}} CurveFacts */

export class Chart {
  /** @type {CurveFacts} */ facts;
  width = 0;
  height = 0;
  right = 0;
  last = 0;

  constructor(parent) {
    this.root = svg("svg", { class: "chart", role: "img" }, parent);
    this.clip = `shown-${Math.random().toString(36).slice(2)}`;
  }

  /** @param {CurveFacts} facts @param {number} width @param {number} tall the height that is to be filled, else 0 */
  layout(facts, width, tall) {
    const narrow = width < NARROW;
    const longest = Math.max(...facts.settings.map((setting) => setting.name.length));
    this.facts = facts;
    this.width = width;
    this.height = tall || (narrow ? 236 : 292);
    this.right = 24 + longest * (narrow ? 6.4 : 7.2);
    this.last = facts.epochs.at(-1);
    const { root } = this;
    root.replaceChildren();
    root.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    root.setAttribute("aria-label", facts.alt);
    root.style.height = `${this.height}px`;
    this.grid(narrow);
    const clip = svg("clipPath", { id: this.clip }, root);
    this.window = svg("rect", { x: 0, y: 0, height: this.height, width: 0 }, clip);
    for (const part of ["later", "shown"]) {
      const group = svg("g", part === "shown" ? { "clip-path": `url(#${this.clip})` } : { class: "later" }, root);
      facts.settings.forEach((setting, index) => {
        if (part === "shown")
          for (const seed of setting.seeds) svg("path", { class: `seed series-${index}`, d: this.path(seed) }, group);
        svg("path", { class: `mean series-${index}`, d: this.path(setting.mean) }, group);
      });
    }
    svg("path", { class: "guess", d: `M${LEFT},${this.y(facts.guess.share)}H${width - this.right}` }, root); // over a line that stays there
    this.ends = facts.settings.map((setting, index) => {
      const group = svg("g", { class: `end series-${index}` }, root);
      const leader = svg("path", { class: "leader" }, group);
      svg("path", { class: "symbol", d: SYMBOLS[setting.symbol] }, group);
      const label = svg("text", { class: "label" }, root);
      svg("tspan", { class: "name" }, label, setting.name);
      return { group, leader, label, value: svg("tspan", { dy: LINE }, label) };
    });
  }

  grid(narrow) {
    const { facts, root } = this;
    const end = this.width - this.right;
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      svg("path", { class: "grid", d: `M${LEFT},${this.y(share)}H${end}` }, root);
      if (share % 0.5 === 0)
        svg("text", { class: "tick", x: LEFT - 6, y: this.y(share) + 4, "text-anchor": "end" }, root, written(share));
    }
    svg("text", { class: "tick", x: (LEFT + end) / 2, y: this.y(facts.guess.share) + 15, "text-anchor": "middle" }, root, facts.guess.label);
    svg("text", { class: "tick", x: 0, y: 11 }, root, facts.axis);
    const stride = narrow ? 5 : 1;
    for (let epoch = 0; epoch <= this.last; epoch += stride) {
      const words = epoch + stride > this.last ? `${epoch} ${facts.unit}` : String(epoch);
      svg("text", { class: "tick", x: this.x(epoch), y: this.height - 6, "text-anchor": "middle" }, root, words);
    }
  }

  x(epoch) {
    return LEFT + ((this.width - this.right - LEFT) * epoch) / this.last;
  }

  y(share) {
    return this.height - BOTTOM - (this.height - TOP - BOTTOM) * share;
  }

  path(shares) {
    return `M${shares.map((share, place) => `${this.x(this.facts.epochs[place]).toFixed(1)},${this.y(share).toFixed(1)}`).join("L")}`;
  }

  /** Draw the lines up to recorded step number `place`, and the names where they end. */
  show(place) {
    const { facts } = this;
    const x = this.x(facts.epochs[place]);
    this.window.setAttribute("width", String(x + 1));
    const heights = facts.settings.map((setting) => this.y(setting.mean[place]));
    const placed = spread(heights, 2 * LINE + 2, TOP + LINE / 2, this.height - BOTTOM - LINE / 2);
    this.ends.forEach(({ group, leader, label, value }, index) => {
      group.setAttribute("transform", `translate(${x},${heights[index]})`);
      leader.setAttribute("d", `M7,0L13,${placed[index] - heights[index]}`);
      for (const [at, part] of [[0, label.firstChild], [1, value]]) {
        part.setAttribute("x", String(x + 17));
        if (!at) part.setAttribute("y", String(placed[index] - 1));
      }
      value.textContent = written(facts.settings[index].mean[place]);
    });
  }
}
