// The probability of each class as a bar with its number, and the prediction in words above them.
import { element, setText } from "../../shared/dom.js";

export class Scores {
  constructor(parent, open) {
    this.root = element("section", "scores", parent);
    this.headline = element("p", "headline", this.root);
    this.link = element("a", "rows", this.root);
    this.link.addEventListener("click", (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      open("");
    });
    this.rows = [];
    this.notes = element("p", "notes", this.root);
  }

  show(answer, empty) {
    setText(this.headline, answer ? answer.headline : empty);
    this.link.hidden = !answer;
    setText(this.notes, answer ? answer.notes.join(" ") : "");
    if (!answer) return;
    this.link.href = answer.href;
    const best = answer.shares.indexOf(Math.max(...answer.shares));
    answer.labels.forEach((label, index) => {
      const row = (this.rows[index] ??= this.make());
      row.root.classList.toggle("best", index === best);
      setText(row.label, label);
      row.bar.style.width = `${100 * answer.shares[index]}%`;
      setText(row.share, answer.written[index]);
    });
  }

  make() {
    const root = element("span", "row", this.link);
    const label = element("span", "label", root);
    const bar = element("span", "bar", element("span", "track", root));
    return { root, label, bar, share: element("span", "share", root) };
  }
}
