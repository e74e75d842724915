// Present mode: shows one stage of the page over the whole window, scaled with the window's height, and holds its keys.
// A stage is a container that Python marked: its class says where the keys right and left lead, and its name.
const STAGE = /(?:^|\s)st-key-stage-(objects|page|drawing)-([\w-]+)/;
const TALL = 360; // height of the window in the pixels that a stage is laid out in
const NARROWEST = 600; // its width in them, at least, unless the window itself is narrower
const LEAST = 0.55; // how far a stage that does not fit is made smaller
const SETTLING = 250; // milliseconds
const EDITED = "input, textarea, select, [contenteditable=true], [role=slider], [role=spinbutton], [role=combobox], [role=option]";
const root = document.documentElement;

export function scaleFor(width, height) {
  return Math.max(1, Math.min(height / TALL, width / NARROWEST));
}

// All stages of the page in its order, after those that have steps of their own.
export function stagesOf(place) {
  const found = [...place.querySelectorAll("[class*='st-key-stage-']")].map((box) => {
    const [, steps, name] = STAGE.exec(box.className) ?? [];
    return { box, steps, name };
  }).filter(({ name }) => name);
  return [...found.filter(({ steps }) => steps !== "objects"), ...found.filter(({ steps }) => steps === "objects")];
}

// What a key does while a page is presented; null for keys that are not ours.
export function actionOf(key, steps) {
  if (key === "Escape" || key === "p" || key === "P") return "leave";
  if (key === "q" || key === "Q") return "qr";
  if (key === " " || key === "Enter") return "reveal";
  if (key === "ArrowDown") return "down";
  if (key === "ArrowUp") return "up";
  const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[key];
  if (!by) return null;
  if (steps === "page" && key.startsWith("Arrow")) return null; // the page's own buttons hear these
  return { objects: ["previous", "next"], page: ["back", "on"], drawing: ["undraw", "draw"] }[steps][by > 0 ? 1 : 0];
}

// What scrolls in a stage, the stage itself too, and in the shadow roots of its components.
function* scrollers(box) {
  if (!box) return;
  if (box.scrollHeight > box.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(box).overflowY)) yield box;
  for (const part of box.querySelectorAll("*")) {
    if (part.scrollHeight > part.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(part).overflowY)) yield part;
    if (part.shadowRoot) for (const child of part.shadowRoot.children) yield* scrollers(child);
  }
}

class Present {
  at = "";
  serial = 0;
  factor = 1;

  constructor(parent) {
    this.parent = parent;
    this.bar = this.make("div", "present-bar", parent);
    this.bar.hidden = true;
    this.caption = this.make("span", "present-caption", this.bar);
    this.keys = this.make("span", "present-keys", this.bar);
    this.buttons = Object.fromEntries([["previous", "‹", () => this.go(-1)], ["next", "›", () => this.go(1)], ["qr", "QR", () => this.toggleCode()],
      ["leave", "×", () => this.show("")]].map(([name, sign, act]) => [name, this.button(sign, act)]));
    this.code = this.make("div", "present-code", parent);
    this.code.addEventListener("click", () => this.toggleCode());
    this.code.hidden = true;
    this.onKey = (event) => this.key(event);
    this.onResize = () => this.fit();
    addEventListener("keydown", this.onKey);
    addEventListener("resize", this.onResize);
    this.watcher = new MutationObserver(() => this.at && this.later());
    this.resized = new ResizeObserver(() => { // what draws itself for a new size has done so first
      clearTimeout(this.shrinking);
      this.shrinking = setTimeout(() => this.shrink(), SETTLING);
    });
  }

  make(tag, name, parent) {
    const made = document.createElement(tag);
    made.className = name;
    parent.append(made);
    return made;
  }

  button(sign, act) {
    const made = this.make("button", "present-button", this.bar);
    Object.assign(made, { type: "button", textContent: sign });
    made.addEventListener("click", act);
    return made;
  }

  receive(data, send) {
    this.data = data;
    this.send = send;
    this.keys.textContent = data.words.keys;
    for (const [name, made] of Object.entries(this.buttons)) {
      made.title = data.words[name];
      made.setAttribute("aria-label", data.words[name]);
    }
    if (data.serial >= this.serial && data.at !== this.at) this.take(data.at);
    this.drawCode();
    if (this.at) this.later();
  }

  // Shows the object that the user asked for, and tells the server.
  show(name) {
    this.take(name);
    this.serial += 1;
    this.tell();
    this.later();
  }

  tell() {
    this.send("state", { at: this.at, serial: this.serial, link: this.code.hidden ? "" : location.href });
  }

  take(name) {
    this.at = name;
    this.factor = 1;
    this.code.hidden = this.code.hidden || !name;
    if (name) {
      root.dataset.present = name;
      this.watcher.observe(document.body, { childList: true, subtree: true });
    } else {
      this.watcher.disconnect();
      delete root.dataset.present;
    }
    this.place();
  }

  later() {
    if (!this.waiting) this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.place(); });
  }

  current() {
    const all = stagesOf(document);
    const found = all.findIndex(({ name }) => name === this.at);
    return { all, index: found < 0 ? 0 : found };
  }

  // Marks the stage that is shown, also where the page was drawn anew.
  place() {
    const { all, index } = this.at ? this.current() : { all: [], index: 0 };
    const shown = all[index];
    this.bar.hidden = !this.at;
    for (const box of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-presented]"))) {
      if (box === shown?.box) continue;
      delete box.dataset.presented;
      this.resized.unobserve(box);
      for (const part of box.children) this.resized.unobserve(part);
    }
    root.toggleAttribute("data-no-stage", Boolean(this.at) && !shown);
    if (!shown) return this.fit();
    this.steps = shown.steps;
    if (shown.box.dataset.presented === undefined) {
      shown.box.dataset.presented = "";
      this.factor = 1;
    }
    this.resized.observe(shown.box);
    for (const part of shown.box.children) this.resized.observe(part);
    const { title, words } = this.data;
    this.caption.textContent = words.of.replace("{title}", title).replace("{place}", index + 1).replace("{count}", all.length);
    for (const name of ["previous", "next"]) this.buttons[name].disabled = all.length < 2;
    this.fit();
  }

  fit() {
    if (!this.at) return;
    const scale = scaleFor(innerWidth, innerHeight) * this.factor;
    const base = scaleFor(innerWidth, innerHeight);
    const settings = { "--present": "1", "--present-bar": `${24 * base}px`, "--present-base": base, "--present-scale": scale,
      "--present-width": `${innerWidth / scale}px`, "--present-height": `${(innerHeight - 24 * base) / scale}px` };
    for (const [name, value] of Object.entries(settings)) {
      if (root.style.getPropertyValue(name) !== String(value)) root.style.setProperty(name, String(value));
    }
  }

  // A page's object that does not fit is made smaller; grids of numbers keep their size and scroll.
  shrink() {
    const box = document.querySelector("[data-presented]");
    if (!box || this.steps !== "objects" || box.querySelector("[data-testid=stPlotlyChart]")) return;
    const over = box.scrollHeight / box.clientHeight;
    if (over < 1.025 || this.factor <= LEAST) return; // no more than the space below is out of sight
    this.factor = Math.max(LEAST, this.factor * Math.max(0.8, 1 / over));
    this.fit();
  }

  go(by) {
    const { all, index } = this.current();
    if (all.length) this.show(all[(index + by + all.length) % all.length].name);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    if (target instanceof Element && target.matches(EDITED)) return;
    if (!this.at) {
      if (event.key !== "p" && event.key !== "P") return;
      this.show("1");
    } else {
      const action = actionOf(event.key, this.steps ?? "objects");
      if (!action || (action === "reveal" && target instanceof Element && target.closest("button, a") && event.isTrusted)) return;
      this.act(action);
    }
    event.preventDefault();
  }

  act(action) {
    const box = document.querySelector("[data-presented]");
    if (action === "leave") return this.code.hidden ? this.show("") : this.toggleCode();
    if (action === "qr") return this.toggleCode();
    if (action === "down" || action === "up") return this.scroll(box, action === "down" ? 1 : -1);
    if (action === "on" || action === "back") {
      const key = action === "on" ? "ArrowRight" : "ArrowLeft";
      return void document.dispatchEvent(new KeyboardEvent("keydown", { key, code: key, bubbles: true }));
    }
    if (action === "draw" || action === "undraw") return void dispatchEvent(new CustomEvent("cnnviz-step", { detail: action === "draw" ? 1 : -1 }));
    if (action === "reveal") return this.reveal(box);
    return this.go(action === "next" ? 1 : -1);
  }

  reveal(box) {
    const button = box?.querySelector("[class*='st-key-reveal-'] button");
    if (button) return button.click();
    const free = dispatchEvent(new CustomEvent("cnnviz-reveal", { cancelable: true }));
    if (free) this.act({ objects: "next", page: "on", drawing: "draw" }[this.steps] ?? "next");
  }

  // Scrolls what is taller than the window; where there is nothing more to see, the next object comes.
  scroll(box, by) {
    for (const part of scrollers(box)) {
      const before = part.scrollTop;
      part.scrollBy({ top: by * 0.8 * part.clientHeight });
      if (part.scrollTop !== before) return;
    }
    this.go(by);
  }

  toggleCode() {
    this.code.hidden = !this.code.hidden;
    this.serial += 1;
    this.tell();
    this.drawCode();
  }

  drawCode() {
    if (this.code.hidden || !this.data) return;
    const { link, code } = this.data.qr;
    this.code.replaceChildren();
    if (link !== location.href) return; // the server is drawing it
    if (code) Object.assign(this.make("img", "present-square", this.code), { src: code, alt: this.data.words.alt });
    this.make("span", "present-link", this.code).textContent = code ? link : this.data.words.long;
  }

  stop() {
    this.take("");
    clearTimeout(this.shrinking);
    removeEventListener("keydown", this.onKey);
    removeEventListener("resize", this.onResize);
    this.resized.disconnect();
    this.bar.remove();
    this.code.remove();
  }
}

const modes = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  let mode = modes.get(parentElement);
  if (!mode) modes.set(parentElement, (mode = new Present(parentElement)));
  mode.receive(data, setStateValue);
  return () => {
    modes.get(parentElement)?.stop();
    modes.delete(parentElement);
  };
}
