// One microscope on the page: redraws when its explanation, the theme or its width changed.
import { element, themeOf } from "../../shared/dom.js";
import { FigureButton } from "../../shared/figure_button.js";
import { fill } from "../../shared/numbers.js";
import { presented } from "../../shared/presented.js";
import { drawFacts, drawSum, drawTerms } from "./tables.js";
import { drawTrail } from "./trail.js";
import { Windows } from "./windows.js";
import { decimalsFor, fixed, placeOf, whole } from "./written.js";

// A window of one cell is one number times one weight.
function plain(term) {
  const seen = term.window;
  if (!seen || !seen.weights || seen.values.length > 1 || seen.values[0].length > 1) return term;
  const index = seen.cells[0][0];
  return { ...term, window: null, operand: seen.values[0][0], weight: seen.weights[0][0], cell: index && { row: seen.row, index } };
}

class Microscope {
  data;
  /** @type {Theme} */ theme;
  /** The data and the theme that are drawn, as text. */ state = "";
  /** @type {FigureButton | undefined} */ figure;

  constructor(parent) {
    this.parent = parent;
    this.root = element("div", "cnnviz-microscope", parent);
    this.watcher = new ResizeObserver(() => Math.abs(this.root.clientWidth - (this.width ?? 0)) > 12 && this.draw());
    this.watcher.observe(this.root);
    this.onReveal = (event) => { // the key of present mode, where this is what is shown
      if (!this.data?.covered || !presented(this.root)) return;
      event.preventDefault();
      this.send("reveal", true);
    };
    addEventListener("cnnviz-reveal", this.onReveal);
  }

  receive(data, send) {
    this.send = send;
    const theme = themeOf(this.root);
    const state = JSON.stringify([data, theme]);
    if (state === this.state) return;
    [this.state, this.data, this.theme] = [state, data, theme];
    this.draw();
    if (data.figure) (this.figure ??= new FigureButton(this.parent)).receive(data.figure);
  }

  draw() {
    const { data, root } = this;
    if (!data || !root.clientWidth) return;
    this.width = root.clientWidth;
    const held = root.contains(root.getRootNode().activeElement);
    const scope = { words: data.words, moves: data.moves, theme: this.theme, width: this.width,
      presented: presented(root) !== null, rem: parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
      covered: data.covered, coveredParts: false, reveal: () => this.send("reveal", true),
      follow: (cell) => this.send("follow", { row: cell.row, index: cell.index }), back: (step) => this.send("back", step) };
    root.replaceChildren();
    root.lang = data.language;
    if (data.pixel) this.drawPixel(scope, data);
    else this.drawValue(scope, data);
    if (held) root.querySelector("[tabindex='0'], button")?.focus({ preventScroll: true });
  }

  head(scope, name, index, value) {
    const head = element("div", "head", this.root);
    const label = this.data.label ? ` \u00b7 ${this.data.label}` : "";
    element("h3", "title", head, `${name} \u00b7 ${placeOf(scope.words, index)}${label}`);
    const box = element("p", "value", head, "");
    element("span", "value-label", box, scope.words.value);
    element("span", "value-number", box, this.data.covered ? "?" : whole(value));
  }

  drawPixel(scope, { pixel, words, trail }) {
    this.root.dataset.row = "input";
    this.head(scope, words["place.input"], pixel.index, pixel.value);
    drawTrail(scope, this.root, trail, { row: "input", index: pixel.index });
    element("p", "how", this.root, fill(words["pixel.end"], { shape: pixel.shape.join("×") }));
  }

  drawValue(scope, { explanation: found, trail, words }) {
    this.root.dataset.row = found.name;
    this.root.dataset.index = found.index.join(",");
    const { covered } = this.data;
    if (covered) delete this.root.dataset.total;
    else this.root.dataset.total = found.total;
    this.head(scope, found.name, found.index, found.value);
    drawTrail(scope, this.root, trail, { row: found.name, index: found.index });
    element("p", "how", this.root, found.how);
    for (const note of found.notes) element("p", "note", this.root, note);
    const terms = found.terms.map(plain);
    const decimals = decimalsFor([...terms.map((term) => term.value), found.rest?.value, found.bias, found.total]);
    const [seen, single] = [terms.filter((term) => term.window), terms.filter((term) => !term.window)];
    const alone = terms.length + (found.rest ? 1 : 0) + (found.bias !== null ? 1 : 0) < 2; // the only addend is the total
    scope.coveredParts = covered && alone;
    if (seen.length) new Windows(scope, this.root).draw(seen, decimals);
    if (single.length) drawTerms(scope, this.root, single, decimals);
    if (found.facts.length) drawFacts(scope, this.root, found.facts);
    drawSum(scope, this.root, found, decimals);
    if (covered) return;
    const formula = element("div", "formula", this.root);
    formula.dataset.noFigure = ""; // one line without an end
    formula.tabIndex = 0;
    formula.setAttribute("role", "region");
    formula.setAttribute("aria-label", words["formula.title"]);
    formula.addEventListener("keydown", (event) => event.key.startsWith("Arrow") && event.stopPropagation());
    element("code", "", formula, found.formula);
  }

  stop() {
    this.watcher.disconnect();
    removeEventListener("cnnviz-reveal", this.onReveal);
    this.figure?.stop();
    this.root.remove();
  }
}

const microscopes = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let shown = microscopes.get(parentElement);
  if (!shown) microscopes.set(parentElement, (shown = new Microscope(parentElement)));
  shown.receive(data, setTriggerValue);
  return () => {
    microscopes.get(parentElement)?.stop();
    microscopes.delete(parentElement);
  };
}
