// The field in which the pinned number of an input or a kernel is typed over.
import { said } from "./arithmetic.js";
import { element, setText } from "../../../components/shared/dom.js";

const LARGEST = 1e6;

export class Editor {
  /** @type {(value: number) => void} */ done;
  /** @type {() => void} */ leave;

  // `done` is told the number; `leave` gives the focus back to the grid.
  constructor(parent, done, leave) {
    Object.assign(this, { done, leave });
    this.root = element("label", "edit", parent);
    this.word = element("span", "", this.root);
    this.input = element("input", "", this.root);
    this.input.inputMode = "decimal";
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("change", () => this.commit());
  }

  show(words, value) {
    this.root.hidden = false;
    this.words = words;
    this.written = said(value).replace("\u2212", "-");
    if (this.input.getRootNode().activeElement !== this.input) this.input.value = this.written;
    setText(this.word, words.edit);
    this.input.removeAttribute("aria-invalid");
  }

  hide() {
    this.root.hidden = true;
    this.written = undefined;
  }

  begin(key) {
    if (key.length === 1) this.input.value = key;
    this.input.focus();
    if (key.length > 1) this.input.select();
  }

  key(event) {
    event.stopPropagation();
    if (event.key === "Escape") this.input.value = this.written;
    if (event.key === "Enter") this.commit();
    if (event.key === "Enter" || event.key === "Escape") this.leave();
  }

  commit() {
    if (this.written === undefined || this.input.value === this.written) return;
    const value = Number(this.input.value.replace(",", ".").replace("\u2212", "-"));
    const good = this.input.value.trim() !== "" && Number.isFinite(value) && Math.abs(value) <= LARGEST;
    this.input.setAttribute("aria-invalid", String(!good));
    setText(this.word, this.words[good ? "edit" : "not_a_number"]);
    if (!good) return;
    this.written = this.input.value;
    this.done(value);
  }
}
