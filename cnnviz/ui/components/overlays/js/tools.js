// The controls of the display: none of them asks the server for anything.
import { button, element, setText } from "../../shared/dom.js";
import { SIZES } from "./brush.js";

export const CHOICES = {
  sign: ["signed", "absolute"],
  range: ["numbers", "share", "own"],
  clip: [100, 99, 95],
  look: ["cells", "smooth"],
};

export class Tools {
  constructor(app, parent) {
    this.app = app;
    this.box = element("div", "toolbar overlay-tools", parent);
    this.folded = element("details", "overlay-folded");
    this.folded.setAttribute("data-no-figure", "");
    this.summary = element("summary", "", this.folded);
    this.groups = {};
    for (const [name, values] of Object.entries(CHOICES)) this.groups[name] = this.group(name, values, (value) => app.set(name, value));
    this.slider = element("label", "overlay-strength", this.box);
    this.strengthLabel = element("span", "toolbar-label", this.slider);
    this.strength = element("input", "", this.slider);
    Object.assign(this.strength, { type: "range", min: 0, max: 100, step: 5 });
    this.strength.addEventListener("input", () => app.set("strength", Number(this.strength.value) / 100));
    this.brush = element("div", "toolbar overlay-brush", parent);
    this.groups.tool = this.group("tool", [], (value) => app.setTool(value), this.brush);
    this.groups.size = this.group("size", SIZES, (value) => app.set("size", value), this.brush);
    this.undo = button(this.brush, "tool", "", () => app.act("undo"));
    this.clear = button(this.brush, "tool", "", () => app.act("clear"));
  }

  // Below a main panel the strength is at hand, and the colours behind a summary.
  fold(main) {
    if (main) this.folded.append(this.box);
    else this.folded.remove();
    (main ? this.brush : this.box).append(this.slider);
  }

  group(name, values, choose, parent = this.box) {
    const box = element("span", "overlay-group", parent);
    const label = element("span", "toolbar-label", box);
    const parts = element("span", "segments", box);
    parts.setAttribute("role", "group");
    const made = { box, label, parts, choose };
    this.fillGroup(made, values);
    return made;
  }

  fillGroup(group, values) {
    if (group.values === values.join()) return;
    group.values = values.join();
    group.parts.replaceChildren();
    for (const value of values) {
      button(group.parts, "segment", "", () => group.choose(value)).dataset.value = value;
    }
  }

  draw(settings, header) {
    const { word } = this.app;
    this.fillGroup(this.groups.tool, ["look", ...(header.brush?.colours ?? []).map((colour) => colour.name)]);
    const say = {
      sign: (value) => word(`sign.${value}`), range: (value) => word(`range.${value}`), look: (value) => word(`look.${value}`),
      clip: (value) => (value === "100" ? word("clip.none") : `${value}%`), size: (value) => value,
      tool: (value) => (value === "look" ? word("tool.look") : header.brush.colours.find((colour) => colour.name === value).label),
    };
    for (const [name, { label, parts }] of Object.entries(this.groups)) {
      setText(label, word(`${name}.title`));
      parts.setAttribute("aria-label", word(`${name}.title`));
      for (const part of parts.children) {
        setText(part, String(say[name](part.dataset.value)));
        part.setAttribute("aria-pressed", String(part.dataset.value === String(settings[name])));
        part.title = this.help(name, part.dataset.value, word);
      }
    }
    const maps = header.panels.filter((spec) => spec.map !== null).length;
    this.box.hidden = maps === 0;
    this.groups.sign.box.hidden = !header.signed;
    this.groups.range.box.hidden = maps < 2;
    setText(this.summary, word("folded"));
    this.slider.hidden = this.folded.hidden = maps === 0;
    setText(this.strengthLabel, word("strength"));
    this.strength.value = Math.round(settings.strength * 100);
    this.groups.tool.box.hidden = !header.brush;
    this.brush.hidden = !header.brush && !this.brush.contains(this.slider);
    this.groups.size.box.hidden = settings.tool === "look";
    setText(this.undo, word("tool.undo"));
    setText(this.clear, word("tool.clear"));
    this.undo.hidden = this.clear.hidden = !header.brush?.count;
  }

  help(name, value, word) {
    if (name === "range") return word(`range.help.${value}`);
    if (name === "clip") return word("clip.help", { percent: value });
    return "";
  }
}
