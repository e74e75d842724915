// A recorded experiment: its curves, and a player that leads through the epochs.
import { button, element, setText } from "../../../components/shared/dom.js";
import { fill } from "../../../components/shared/numbers.js";
import { presented } from "../../../components/shared/presented.js";
import { Chart, written } from "./chart.js";
import { tell } from "./recorded_step.js";

const FRAME = 60; // milliseconds from one recorded step to the next
const CONTROLS = 84; // pixels below the curves in present mode

class Example {
  timer = 0;
  width = 0;
  height = 0;

  constructor(parent) {
    this.root = element("div", "cnnviz-example", parent);
    this.chart = new Chart(this.root);
    const controls = element("div", "controls", this.root);
    controls.setAttribute("data-no-figure", "");
    this.play = button(controls, "play", "", () => (this.timer ? this.pause() : this.start()));
    // whoever asks for less motion goes through the epochs by the slider
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.onStill = () => this.pause();
    this.still.addEventListener("change", this.onStill);
    this.slider = element("input", "slider", controls);
    this.slider.type = "range";
    this.slider.min = "0";
    this.slider.addEventListener("input", () => {
      this.pause();
      this.show(Number(this.slider.value));
    });
    this.told = element("span", "told", controls);
    this.onStep = (event) => this.epoch(event.detail);
    addEventListener("cnnviz-step", this.onStep);
    this.sized = new ResizeObserver(() => this.fit());
    this.sized.observe(this.root);
  }

  receive(data) {
    this.facts = data;
    const { epochs, language, words } = data;
    this.words = words;
    this.root.lang = language;
    this.slider.max = String(epochs.length - 1);
    this.slider.setAttribute("aria-label", words.slider);
    this.place ??= epochs.length - 1;
    this.width = 0;
    this.fit();
  }

  fit() {
    const width = Math.floor(this.root.clientWidth);
    const shown = presented(this.root);
    const height = shown ? shown.height - CONTROLS : 0;
    if (!this.facts || !width || (width === this.width && height === this.height)) return;
    Object.assign(this, { width, height });
    this.chart.layout(this.facts, width, height);
    this.show(this.place);
  }

  show(place) {
    this.place = place;
    this.slider.value = String(place);
    const { epochs, settings } = this.facts;
    const epoch = Number(epochs[place].toFixed(1));
    const told = fill(this.words.at, { epoch, epochs: epochs.at(-1) });
    setText(this.told, told);
    setText(this.play, this.timer ? this.words.pause : this.words.play);
    const ends = settings.map((setting) => `${setting.name} ${written(setting.mean[place])}`);
    this.slider.setAttribute("aria-valuetext", [told, ...ends].join("; "));
    this.chart.show(place);
    tell(place);
  }

  // Leads to the recorded step at the next whole epoch, or the one before.
  epoch(by) {
    const { epochs } = this.facts;
    const wanted = Math.round(epochs[this.place]) + by;
    const found = epochs.findIndex((epoch) => epoch >= wanted - 1e-9);
    this.pause();
    this.show(wanted <= 0 ? 0 : found < 0 ? epochs.length - 1 : found);
  }

  start() {
    const last = this.facts.epochs.length - 1;
    let place = this.place >= last ? 0 : this.place;
    this.timer = setInterval(() => {
      place += 1;
      if (place >= last) this.pause();
      this.show(Math.min(place, last));
    }, FRAME);
    this.show(place);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    setText(this.play, this.words.play);
  }

  stop() {
    clearInterval(this.timer);
    this.sized.disconnect();
    this.still.removeEventListener("change", this.onStill);
    removeEventListener("cnnviz-step", this.onStep);
    this.root.remove();
  }
}

const examples = new WeakMap();

// Called by Streamlit for every run and theme; what it returns is called when the example leaves the page.
export default function ({ data, parentElement }) {
  if (!examples.has(parentElement)) examples.set(parentElement, new Example(parentElement));
  examples.get(parentElement).receive(data);
  return () => {
    examples.get(parentElement)?.stop();
    examples.delete(parentElement);
  };
}
