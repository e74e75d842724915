// The kernels of one layer of each setting, in the colours of signed values, as they stand after a recorded step.
import { ColourScale } from "../../../components/shared/colour.js";
import { element, setText } from "../../../components/shared/dom.js";
import { svg, symbolPath } from "./chart.js";

/** @typedef {{shape: [number, number, number], caption: string, alt: string[]}} KernelFacts */

export class Kernels {
  /** @type {KernelFacts} */ facts;
  /** @type {Int8Array} */ values;
  count = 0;

  constructor(parent) {
    this.root = element("figure", "kernels", parent);
    this.rows = element("div", "rows", this.root);
    this.caption = element("figcaption", "caption", this.root);
    this.made = [];
  }

  /** @param {KernelFacts} facts
   * @param {{name: string, symbol: string}[]} settings @param {Int8Array} values */
  layout(facts, settings, values) {
    this.facts = facts;
    this.values = values;
    this.count = settings.length;
    setText(this.caption, facts.caption);
    settings.forEach((setting, index) => {
      const row = (this.made[index] ??= this.make(setting, index));
      setText(row.name, setting.name);
      row.canvas.setAttribute("aria-label", facts.alt[index]);
    });
  }

  make(setting, index) {
    const root = element("div", `row series-${index}`, this.rows);
    const head = element("span", "head", root);
    const mark = svg("svg", { class: "mark", viewBox: "-7 -7 14 14", "aria-hidden": "true" }, head);
    svg("path", { class: "symbol", d: symbolPath(setting.symbol) }, mark);
    const canvas = element("canvas", "maps", root);
    canvas.setAttribute("role", "img");
    return { name: element("span", "name", head), canvas };
  }

  show(place, dark) {
    const { values } = this;
    const [count, height, width] = this.facts.shape;
    const size = count * height * width;
    const each = values.length / this.count;
    const scale = new ColourScale(-127, 127, true, dark);
    this.made.forEach(({ canvas }, setting) => {
      canvas.width = count * (width + 1) - 1;
      canvas.height = height;
      const context = canvas.getContext("2d");
      const image = context.createImageData(canvas.width, height);
      const pixels = new Uint32Array(image.data.buffer);
      for (let index = 0; index < size; index += 1) {
        const [kernel, inside] = [Math.floor(index / (height * width)), index % (height * width)];
        const at = Math.floor(inside / width) * canvas.width + kernel * (width + 1) + (inside % width);
        pixels[at] = scale.packed(values[setting * each + place * size + index]);
      }
      context.putImageData(image, 0, 0);
    });
  }
}
