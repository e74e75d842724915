// The network as a film strip: a tile for each layer, or for a closed block, in one row that scrolls.
import { ColourScale } from "../../shared/colour.js";
import { element, setText, themeOf } from "../../shared/dom.js";
import { find, onArrival } from "./store.js";

const GAP = 1; // pixels between two small maps
const REST = 150; // milliseconds after a step until the strip follows: a scroll competes with what else is drawn anew

function layout([count, height, width]) {
  const flat = height === 1 && width === 1;
  const across = flat ? Math.ceil(Math.sqrt(1.6 * count)) : Math.ceil(Math.sqrt((1.5 * count * height) / width));
  return { across: Math.min(across, count), gap: flat ? 0 : GAP };
}

function paint(canvas, { header, values }, name, dark) {
  const { shape, signed, start } = header[name];
  const [count, height, width] = shape;
  const { across, gap } = layout(shape);
  const down = Math.ceil(count / across);
  canvas.width = across * (width + gap) - gap;
  canvas.height = down * (height + gap) - gap;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const scale = new ColourScale(signed ? -127 : 0, 127, signed, dark);
  for (let map = 0; map < count; map += 1) {
    const [left, top] = [(map % across) * (width + gap), Math.floor(map / across) * (height + gap)];
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1)
        pixels[(top + y) * canvas.width + left + x] = scale.packed(values[start + (map * height + y) * width + x]);
  }
  context.putImageData(image, 0, 0);
}

/** @typedef {{name: string, picture: string | null, label: string, small: string, alt: string, closed: boolean,
 *   letter: string, shown: boolean}} TileFacts */

class Strip {
  /** @type {{language: string, label: string, pictures: string, tiles: TileFacts[]}} */ data;
  /** @type {Send} */ trigger;
  /** The tile that was last brought into view. @type {HTMLElement} */ seen;
  /** The frame that is waited for. @type {number | null} */ frame = null;
  /** What brings the shown tile into view. @type {number} */ timer;

  constructor(parent) {
    this.root = element("div", "cnnviz-film-strip", parent);
    this.list = element("ol", "tiles", this.root);
    this.tiles = [];
    this.drop = onArrival(() => this.later());
  }

  receive(data, trigger) {
    Object.assign(this, { data, trigger });
    if (this.root.lang !== data.language) this.root.lang = data.language;
    if (this.list.ariaLabel !== data.label) this.list.ariaLabel = data.label;
    while (this.tiles.length > data.tiles.length) this.tiles.pop().item.remove();
    data.tiles.forEach((facts, index) => this.name((this.tiles[index] ??= this.make(index)), facts));
    this.later();
  }

  // In the next frame: to ask for a style or a place now would have the browser lay the half-drawn page out once more.
  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paintAll();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.bringIntoView(), this.seen ? REST : 0);
    });
  }

  make(index) {
    const item = element("li", "tile", this.list);
    const link = element("button", "link", item);
    link.type = "button";
    link.addEventListener("click", () => this.trigger("pick", { layer: this.data.tiles[index].name, serial: Date.now() }));
    const frame = element("span", "frame", link);
    return {
      told: "", item, link, canvas: element("canvas", "maps", frame), symbol: element("span", "symbol", frame),
      label: element("span", "label", link), small: element("span", "small", link),
    };
  }

  name(tile, facts) {
    const told = JSON.stringify(facts);
    if (told === tile.told) return;
    tile.told = told;
    tile.item.dataset.closed = facts.closed;
    tile.item.dataset.name = facts.name;
    if (facts.shown) tile.link.setAttribute("aria-current", "step");
    else tile.link.removeAttribute("aria-current");
    if (tile.link.title !== facts.alt) {
      tile.link.setAttribute("aria-label", facts.alt);
      tile.link.title = facts.alt;
    }
    setText(tile.label, facts.label);
    setText(tile.small, facts.small);
    setText(tile.symbol, facts.picture ? "" : facts.letter);
  }

  paintAll() {
    const pictures = find(this.data.pictures);
    const { dark } = themeOf(this.root);
    this.data.tiles.forEach((facts, index) => {
      const { canvas } = this.tiles[index];
      const drawn = pictures && facts.picture && pictures.header[facts.picture];
      canvas.hidden = !drawn;
      const state = `${this.data.pictures} ${facts.picture} ${dark}`;
      if (drawn && canvas.dataset.state !== state) {
        paint(canvas, pictures, facts.picture, dark);
        canvas.dataset.state = state;
      }
    });
  }

  bringIntoView() {
    const shown = this.tiles[this.data.tiles.findIndex((tile) => tile.shown)];
    if (!shown || shown.item === this.seen) return;
    this.seen = shown.item;
    const { list } = this;
    const left = shown.item.offsetLeft - (list.clientWidth - shown.item.offsetWidth) / 2;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    list.scrollTo({ left, behavior: calm ? "auto" : "smooth" });
  }

  stop() {
    this.drop();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.root.remove();
  }
}

const strips = new WeakMap();

// Called by Streamlit for every run and theme; what it returns is called when the strip leaves the page.
export default function ({ data, parentElement, setTriggerValue }) {
  if (!strips.has(parentElement)) strips.set(parentElement, new Strip(parentElement));
  strips.get(parentElement).receive(data, setTriggerValue);
  return () => {
    strips.get(parentElement)?.stop();
    strips.delete(parentElement);
  };
}
