// The kernels of one layer of each setting, in the colours of signed values, as they stand after the step that the player
// shows.
import { ColourScale } from "../../../components/shared/colour.js";
import { element, setText, themeOf } from "../../../components/shared/dom.js";
import { unpackMessage } from "../../../components/shared/message.js";
import { svg, symbolPath } from "./chart.js";
import { follow } from "./recorded_step.js";

/** @typedef {{shape: [number, number, number], caption: string, alt: string[]}} KernelFacts */

class Kernels {
  /** @type {KernelFacts} */ facts;
  /** @type {Int8Array} */ values;
  count = 0;
  /** Ends the following of the player. @type {(() => void) | undefined} */ leave;
  /** @type {number | undefined} */ place;

  constructor(parent) {
    this.host = element("div", "cnnviz-example", parent);
    this.root = element("figure", "kernels", this.host);
    this.rows = element("div", "rows", this.root);
    this.caption = element("figcaption", "caption", this.root);
    this.made = [];
  }

  receive(data) {
    const { header, buffer, start } = unpackMessage(data);
    /** @type {{ settings: {name: string, symbol: string}[], language: string }} */
    const { settings, language } = header;
    this.facts = header;
    this.values = new Int8Array(buffer, start);
    this.host.lang = language;
    this.count = settings.length;
    setText(this.caption, this.facts.caption);
    settings.forEach((setting, index) => {
      const row = (this.made[index] ??= this.make(setting, index));
      setText(row.name, setting.name);
      row.canvas.setAttribute("aria-label", this.facts.alt[index]);
    });
    this.leave ??= follow((place) => this.show(place));
    if (this.place !== undefined) this.show(this.place);
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

  show(place) {
    this.place = place;
    const { values } = this;
    const [count, height, width] = this.facts.shape;
    const size = count * height * width;
    const each = values.length / this.count;
    const scale = new ColourScale(-127, 127, true, themeOf(this.host).dark);
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

  stop() {
    this.leave?.();
    this.host.remove();
  }
}

const shown = new WeakMap();

// Called by Streamlit for every run and theme; what it returns is called when the kernels leave the page.
export default function ({ data, parentElement }) {
  if (!shown.has(parentElement)) shown.set(parentElement, new Kernels(parentElement));
  shown.get(parentElement).receive(data);
  return () => {
    shown.get(parentElement)?.stop();
    shown.delete(parentElement);
  };
}
