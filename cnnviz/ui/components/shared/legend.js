// The legend of a colour scale: drawn by asking the very object that coloured the pixels.
import { element, setText } from "./dom.js";
import { shortNumber } from "./numbers.js";

const SAMPLES = 256;

export class Legend {
  constructor(parent) {
    this.box = element("div", "legend", parent);
    this.caption = element("span", "legend-caption", this.box);
    this.bar = element("canvas", "legend-bar", element("div", "legend-scale", this.box));
    this.bar.setAttribute("aria-hidden", "true");
    this.numbers = element("div", "legend-numbers", this.bar.parentElement);
    this.odd = element("span", "legend-odd", this.box);
  }

  draw(scale, caption, odd) {
    if (this.scale !== scale) {
      this.scale = scale;
      this.bar.width = SAMPLES;
      this.bar.height = 1;
      const context = this.bar.getContext("2d");
      const picture = context.createImageData(SAMPLES, 1);
      const pixels = new Uint32Array(picture.data.buffer);
      for (let i = 0; i < SAMPLES; i += 1) pixels[i] = scale.packed(scale.low + (i / (SAMPLES - 1)) * (scale.high - scale.low));
      context.putImageData(picture, 0, 0);
      this.numbers.replaceChildren(...scale.ticks().map((tick) => element("span", "", null, shortNumber(tick))));
      this.box.dataset.low = scale.low;
      this.box.dataset.high = scale.high;
    }
    setText(this.caption, caption);
    setText(this.odd, odd);
    this.odd.hidden = !odd;
  }
}
