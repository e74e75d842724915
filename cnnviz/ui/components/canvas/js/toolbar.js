// The controls: colour range for the whole canvas; pages, level, zoom, order and files for each panel of maps.
import { button, element, setText } from "../../shared/dom.js";

export class Toolbar {
  constructor(app) {
    this.app = app;
    this.box = element("div", "toolbar", app.root);
    this.label = element("span", "toolbar-label", this.box);
    this.modes = element("div", "segments", this.box);
    this.modes.setAttribute("role", "group");
  }

  draw(modes, mode) {
    const { word } = this.app;
    this.box.hidden = modes.length < 2;
    setText(this.label, word("range.title"));
    this.modes.setAttribute("aria-label", word("range.title"));
    if (this.drawn !== modes.join() + word("range.title")) {
      this.drawn = modes.join() + word("range.title");
      this.modes.replaceChildren();
      for (const name of modes) {
        const made = button(this.modes, "segment", word(`range.${name}`), () => this.app.setMode(name));
        made.dataset.mode = name;
      }
    }
    for (const made of this.modes.children) made.setAttribute("aria-pressed", String(made.dataset.mode === mode));
  }
}

export class MapsTools {
  constructor(app, view) {
    const { word } = app;
    this.app = app;
    this.view = view;
    this.back = view.tool("\u2190", word("tool.back"), () => app.close(view));
    this.previous = view.tool("\u2039", word("tool.previous"), () => app.turn(view, -1));
    this.place = element("span", "place", view.tools);
    this.next = view.tool("\u203a", word("tool.next"), () => app.turn(view, 1));
    this.smaller = view.tool("\u2212", word("tool.smaller"), () => app.enlarge(view, 1 / 1.5));
    this.larger = view.tool("+", word("tool.larger"), () => app.enlarge(view, 1.5));
    this.fit = view.tool("\u2922", word("tool.fit"), () => app.enlarge(view, 0));
    this.order = view.tool("", "", () => app.sort(view));
    this.colour = view.tool("RGB", word("tool.rgb"), () => app.toggleColour(view));
    this.csv = view.tool("CSV", word("tool.csv"), () => app.saveCsv(view));
  }

  draw() {
    const { view, app } = this;
    const { word } = app;
    const large = view.level === "map";
    const several = large ? view.tiles > 1 : view.grid.pages > 1;
    this.back.hidden = !large || view.channels === 1;
    for (const part of [this.previous, this.next, this.place]) part.hidden = !several;
    for (const part of [this.smaller, this.larger, this.fit]) part.hidden = !large || view.width * view.height < 36;
    this.order.hidden = !view.vector || view.tiles < 2;
    setText(this.order, view.sorted ? "\u2193" : "#");
    this.order.setAttribute("aria-label", word(view.sorted ? "tool.by_index" : "tool.by_value"));
    this.order.title = this.order.getAttribute("aria-label");
    this.colour.hidden = view.spec.kind !== "filters" || view.spec.inputs !== 3 || view.spec.matrix;
    this.colour.setAttribute("aria-pressed", String(view.rgb));
    const first = view.page * view.grid.perPage;
    const last = first + view.shown - 1;
    setText(this.place, large ? word("place.one", { index: view.slotOf(view.channel), last: view.tiles - 1 })
      : word("place.page", { first, last, count: view.tiles }));
    this.previous.disabled = large ? view.slotOf(view.channel) === 0 : view.page === 0;
    this.next.disabled = large ? view.slotOf(view.channel) === view.tiles - 1 : view.page === view.grid.pages - 1;
  }
}
