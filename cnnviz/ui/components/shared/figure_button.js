// The button "Figure": saves the stage around it as a file with a caption, made in the browser and sent nowhere.
import { button, element, setText, themeOf } from "./dom.js";
import { fileName, save } from "./export.js";
import { captioned } from "./figure_caption.js";
import { drawingOf } from "./figure_drawing.js";
import { pngOf } from "./figure_raster.js";

export class FigureButton {
  /** @type {FigureData} */ data;
  /** Of the file that was asked for last. */ serial = "";
  /** Asks the server for a form that it makes. @type {Send | undefined} */ trigger;

  constructor(parent) {
    this.parent = parent;
    this.root = element("div", "cnnviz-figure", parent);
    this.forms = element("div", "forms", this.root);
    this.forms.hidden = true;
    this.forms.setAttribute("role", "group");
    this.opener = button(this.root, "opener", "", () => this.open(this.forms.hidden), " ");
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.forms.hidden) return;
      event.stopPropagation();
      this.open(false);
      this.opener.focus();
    });
  }

  // `trigger` is for data with forms that the server makes.
  receive(data, trigger = undefined) {
    Object.assign(this, { data, trigger });
    this.root.lang = data.language;
    setText(this.opener, data.button);
    this.opener.title = data.help;
    this.opener.setAttribute("aria-label", `${data.button}: ${data.help}`);
    this.opener.setAttribute("aria-expanded", String(!this.forms.hidden));
    this.forms.setAttribute("aria-label", data.button);
    const names = Object.entries(data.forms).join();
    if (this.named !== names) {
      this.named = names;
      this.forms.replaceChildren();
      for (const [form, label] of Object.entries(data.forms)) button(this.forms, form, label, () => this.make(form));
    }
    if (data.file && data.file.serial === this.serial) this.take(data.file);
  }

  open(open) {
    this.forms.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    if (open) this.forms.querySelector("button").focus({ preventScroll: true });
  }

  take({ name, kind, bytes }) {
    this.serial = "";
    save(new Blob([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], { type: kind }), name);
  }

  async make(form) {
    if (form !== "png" && form !== "svg") {
      this.serial = String(Date.now());
      this.trigger("make", { form, serial: this.serial });
      return;
    }
    const stage = stageAround(this.parent);
    if (!stage) return;
    const theme = themeOf(this.root);
    const link = new URL(location.href);
    for (const name of ["present", "ask"]) link.searchParams.delete(name);
    const drawing = captioned(drawingOf(stage), theme, [this.data.caption || document.title, link.href.replaceAll("%2C", ",")]);
    const name = fileName("cnnviz", this.data.name, this.data.caption.slice(0, 60));
    if (form === "svg") save(new Blob([drawing.text], { type: "image/svg+xml" }), `${name}.svg`);
    else save(await pngOf(drawing), `${name}.png`);
  }

  stop() {
    this.root.remove();
  }
}

// The stage that a component stands in, out of its shadow root.
function stageAround(place) {
  const host = place.getRootNode() instanceof ShadowRoot ? place.getRootNode().host : place;
  return host.closest("[class*='st-key-stage-']");
}
