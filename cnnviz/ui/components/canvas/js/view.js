// One panel on the page: title, stage to look at and point at, foot. Maps and image build on it.
import { button, element, setText } from "../../shared/dom.js";
import { Surface } from "../../shared/surface.js";

export class View {
  /** @type {PanelSpec} */ spec;

  constructor(app, spec) {
    this.app = app;
    this.section = element("section", `panel panel-${spec.kind}`, app.panels);
    const head = element("div", "panel-head", this.section);
    this.title = element("div", "panel-title", head);
    this.shape = element("span", "panel-shape", head);
    this.tools = element("div", "panel-tools", head);
    this.tools.setAttribute("role", "group");
    this.stage = element("div", "stage", this.section);
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "application");
    this.stage.setAttribute("aria-describedby", app.hintId);
    this.base = new Surface(this.stage, "base");
    this.over = new Surface(this.stage, "over");
    this.foot = element("div", "panel-foot", this.section);
  }

  name(spec) {
    this.spec = spec;
    setText(this.title, spec.title || spec.name);
    setText(this.shape, spec.dims.join("×"));
    this.tools.setAttribute("aria-label", spec.title || spec.name);
  }

  tool(text, label, onClick) {
    return button(this.tools, "tool", text, onClick, label);
  }

  get room() {
    return Math.max(120, Math.floor(this.section.clientWidth));
  }

  remove() {
    this.section.remove();
  }
}

// Small cells are opened or enlarged first; a cell is chosen where it is a target of this many CSS pixels.
export const TARGET = { mouse: 12, touch: 24, keys: 0 };
