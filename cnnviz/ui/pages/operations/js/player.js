// Moving the window by hand or by itself: a slider over all positions, one step on or back, play and pause.
import { button, element } from "../../../components/shared/dom.js";

const PAUSE = 700;

export class Player {
  constructor(parent, board) {
    this.board = board;
    this.root = element("div", "player", parent);
    this.previous = button(this.root, "step", "‹", () => this.step(-1), " ");
    this.play = button(this.root, "step play", "▶", () => this.toggle(), " ");
    this.next = button(this.root, "step", "›", () => this.step(1), " ");
    this.slider = element("input", "slider", this.root);
    this.slider.type = "range";
    this.slider.min = 0;
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.place = element("span", "place", this.root);
    // whoever asks for less motion steps by hand
    matchMedia("(prefers-reduced-motion: reduce)").addEventListener("change", () => this.stop());
  }

  name(words) {
    for (const [control, word] of [[this.previous, words.previous], [this.play, this.timer ? words.pause : words.play], [this.next, words.next], [this.slider, words.slide]]) {
      control.setAttribute("aria-label", word);
      control.title = word;
    }
  }

  show(count, index, where) {
    this.count = count;
    this.slider.max = count - 1;
    if (index >= 0) this.slider.value = index;
    this.slider.setAttribute("aria-valuetext", where);
    this.place.textContent = `${Number(this.slider.value) + 1} / ${count}`;
  }

  go(index) {
    this.board.select(this.board.main, this.board.main.at(Math.min(this.count - 1, Math.max(0, index))));
  }

  step(by) {
    this.go((Number(this.slider.value) + by + this.count) % this.count);
  }

  toggle() {
    if (this.timer) this.stop();
    else this.timer = setInterval(() => this.step(1), PAUSE);
    this.play.textContent = this.timer ? "❚❚" : "▶";
    this.name(this.board.words);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = "▶";
  }
}
