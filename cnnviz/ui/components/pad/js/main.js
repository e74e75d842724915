// Draw a digit and see what a network makes of it: each answer is asked for when the one before has come.
import { button, element, setText, themeOf } from "../../shared/dom.js";
import { Layers } from "./layers.js";
import { unpackMessage } from "../../shared/message.js";
import { fill } from "../../shared/numbers.js";
import { Scores } from "./scores.js";
import { Sheet } from "./sheet.js";
import { Strokes } from "./strokes.js";

const PATIENCE = 3000; // milliseconds after which an answer is asked for again

class Pad {
  /** @type {Strokes} */ strokes;
  /** @type {Send} */ setState;
  /** @type {Send} */ trigger;
  /** The pen is up. */ done = true;
  /** Something is drawn that was not sent. */ dirty = false;

  constructor(parent) {
    this.turn = this.answered = 0;
    this.root = element("div", "cnnviz-pad", parent);
    const grid = element("div", "grid", this.root);
    const side = element("div", "side", grid);
    this.sheet = new Sheet(side, (done) => this.changed(done));
    const tools = element("div", "tools", side);
    this.undo = button(tools, "tool", "", () => this.put(this.strokes.list.slice(0, -1)));
    this.clear = button(tools, "tool", "", () => this.put([]));
    this.caption = element("span", "caption", tools);
    this.examples = element("div", "examples", side);
    this.examples.setAttribute("data-no-figure", "");
    this.digits = [];
    this.layers = new Layers(grid, (name) => this.open(name));
    this.scores = new Scores(grid, (name) => this.open(name));
    this.live = element("div", "hidden", this.root);
    this.live.setAttribute("aria-live", "polite");
  }

  receive(data, setState, trigger) {
    Object.assign(this, { setState, trigger });
    const { header, buffer, start } = unpackMessage(data);
    const values = new Float32Array(buffer, start);
    this.strokes ??= new Strokes(header.places, header.most);
    const late = header.turn < this.turn; // an answer to what was drawn before
    this.answered = Math.max(this.answered, header.turn);
    // what came from elsewhere, such as the browser's Back, is shown; one's own drawing goes on
    if (!late && (!this.busy || header.turn > this.turn)) {
      this.turn = header.turn;
      if (this.strokes.format() !== header.strokes && !this.dirty) this.strokes.parse(header.strokes);
    }
    this.words = header.words;
    this.follows = header.live;
    this.root.classList.toggle("alone", !header.layers.length);
    this.scores.root.hidden = !header.layers.length;
    this.root.lang = header.language;
    this.name(header);
    this.layers.show(header.layers, values, themeOf(this.root), this.words.layers);
    this.scores.show(header.answer, this.words.empty);
    this.sheet.show(this.strokes, header.pen);
    if (header.answer && !this.busy && !this.sheet.pen) setText(this.live, header.answer.headline);
    this.enable();
    if (this.dirty && this.answered >= this.turn && (this.done || this.follows)) this.send();
  }

  name({ examples }) {
    const { words } = this;
    const word = (name, values) => fill(words[name] ?? "", values);
    for (const [made, name] of [[this.undo, "undo"], [this.clear, "clear"]]) setText(made, words[name]);
    this.sheet.canvas.setAttribute("aria-label", words.sheet);
    this.sheet.canvas.title = words.hint;
    setText(this.caption, words.examples);
    examples.forEach((example, digit) => {
      this.digits[digit] ??= button(this.examples, "tool digit", String(digit), () => {
        this.strokes.parse(example);
        this.changed(true);
      });
      this.digits[digit].setAttribute("aria-label", word("example", { digit }));
    });
  }

  get busy() {
    return this.answered < this.turn || this.sheet.pen !== null;
  }

  enable() {
    for (const made of [this.undo, this.clear]) made.disabled = !this.strokes.list.length;
  }

  put(list) {
    this.strokes.list = list;
    this.sheet.down = false;
    this.changed(true);
  }

  changed(done) {
    Object.assign(this, { dirty: true, done });
    this.sheet.draw();
    this.enable();
    if (this.answered >= this.turn && (done || this.follows)) this.send();
  }

  send() {
    this.turn += 1;
    this.dirty = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.answered < this.turn && this.send(), PATIENCE);
    this.setState("drawing", { strokes: this.strokes.format(), turn: this.turn, done: this.done });
  }

  open(layer) {
    this.trigger("open", { layer, serial: Date.now() });
  }

  stop() {
    clearTimeout(this.timer);
    this.root.remove();
  }
}

const pads = new WeakMap();

// Called by Streamlit for every run and theme; what it returns is called when the pad leaves the page.
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  if (!pads.has(parentElement)) pads.set(parentElement, new Pad(parentElement));
  pads.get(parentElement).receive(data, setStateValue, setTriggerValue);
  return () => {
    pads.get(parentElement)?.stop();
    pads.delete(parentElement);
  };
}
