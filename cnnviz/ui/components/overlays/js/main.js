// Maps over one image, side by side: one scale, one cursor, one brush; only a finished stroke reaches the server.
import { ColourScale } from "../../shared/colour.js";
import { element, setText, themeOf } from "../../shared/dom.js";
import { keepParameter, releaseParameter } from "../../../core/browser_history.js";
import { Legend } from "../../shared/legend.js";
import { unpackMessage } from "../../shared/message.js";
import { exactNumber, fill, inRow, shortNumber } from "../../shared/numbers.js";
import { STAGES } from "../../shared/redraw.js";
import { Input } from "./input.js";
import { displayInAddress, displayText } from "./link.js";
import { Panel } from "./panel.js";
import { leaveRoom, roomOf, watchRoom } from "./rooms.js";
import { factorOf, reachOf, totalOf } from "./reach.js";
import { Tools } from "./tools.js";

const GAP = 20;
const [SMALLEST, NARROW, LARGEST] = [200, 150, 336];
// Of the panels in a room, and of the main one, which with all above and below it fits the window's height.
const [SMALL, TINY, COMMON] = [150, 100, 190];
const [MAIN, LEAST_MAIN, AROUND_MAIN] = [448, 252, 346];

class Overlays extends Input {
  /** @type {Panel[]} */ views = [];
  /** @type {Words} */ words;
  /** @type {Theme} */ theme;
  header;

  constructor(parent) {
    super();
    this.word = (name, values) => fill(this.words[name] ?? "", values);
    this.root = element("div", "cnnviz-canvas overlays", parent);
    this.legend = new Legend(element("div", "overlay-legend", this.root));
    this.ends = element("div", "overlay-ends", this.legend.bar.parentElement);
    this.readout = element("div", "overlay-readout", this.root);
    this.readout.setAttribute("data-no-figure", "");
    this.hint = element("p", "hint", null);
    this.hint.id = "overlay-hint";
    this.panels = element("div", "panels overlay-panels", this.root);
    this.root.append(this.hint);
    this.tools = new Tools(this, this.root);
    (this.live = element("div", "hidden", this.root)).setAttribute("aria-live", "polite");
    this.watcher = new ResizeObserver(() => (this.root.clientWidth !== this.wide || this.room?.clientWidth !== this.roomy) && this.later("layout"));
    this.watcher.observe(this.root);
    this.moved = () => this.later("layout");
    addEventListener("resize", this.moved);
  }

  receive(data, send) {
    this.send = send;
    const { header, buffer, start: first } = unpackMessage(data);
    const floats = new Float32Array(buffer, first);
    this.header = header;
    this.words = header.words;
    this.root.lang = header.language;
    this.theme = themeOf(this.root);
    const tensors = header.tensors.map(({ shape, start }) => ({ shape, values: floats.subarray(start, start + shape.reduce((a, b) => a * b, 1)) }));
    this.strokes = this.drawing ? [this.drawing] : [];
    while (this.views.length > header.panels.length) this.views.pop().remove();
    header.panels.forEach((spec, index) => {
      if (!this.views[index]) this.listen((this.views[index] = new Panel(this)));
      const image = tensors[spec.image];
      this.views[index].update(spec, spec.map === null ? null : mapOf(tensors[spec.map], image), image);
    });
    if (header.room) watchRoom(header.room, this.moved);
    this.arrange();
    this.reaches = new Map();
    if (this.given === undefined && header.link) Object.assign(this.settings, displayInAddress(header.link));
    if (this.settings.range === null || (this.given !== undefined && this.given !== header.range)) this.settings.range = header.range;
    this.given = header.range;
    this.keepLink();
    if (!header.brush) this.settings.tool = "look";
    this.pending = STAGES.layout;
    cancelAnimationFrame(this.frame);
    this.redraw();
  }

  set(name, value) {
    this.settings[name] = CASTS[name]?.(value) ?? value;
    this.keepLink();
    this.later("paint");
  }

  keepLink() {
    if (this.header.link) keepParameter(this.header.link, displayText(this.settings, this.given));
  }

  setTool(tool) {
    this.settings.tool = tool;
    this.later("layout");
  }

  // Where there is a main panel its brush is right below it, and what changes the colours is folded away.
  arrange() {
    const main = Boolean(this.header.main);
    if (this.root.dataset.main === String(main)) return;
    this.root.dataset.main = String(main);
    const { box, brush, folded } = this.tools;
    const legend = this.legend.box.parentElement;
    this.root.append(...(main ? [this.panels, brush, legend, this.readout, this.hint, folded] : [legend, this.readout, this.panels, this.hint, box, brush]));
    this.tools.fold(main);
  }

  // Panels where they belong: the main one here, the others in the room that is lent to them, once it is there.
  house() {
    const { main, room: name } = this.header;
    const room = name ? roomOf(name) : null;
    if (room !== this.room) {
      if (this.room) this.watcher.unobserve(this.room);
      if (room) this.watcher.observe(room);
      this.room = room;
    }
    this.roomy = room?.clientWidth;
    const lent = (view) => name && view.spec.name !== main;
    for (const [place, views] of [[this.panels, this.views.filter((view) => !lent(view))], [room, this.views.filter(lent)]]) {
      if (!place) for (const view of views) view.section.remove();
      else if (views.some((view, index) => place.children[index] !== view.section)) place.replaceChildren(...views.map((view) => view.section));
    }
  }

  redraw() {
    const what = this.pending;
    this.pending = 0;
    if (!this.words || !this.root.clientWidth) return;
    if (what >= STAGES.layout) this.layout();
    if (what >= STAGES.paint) this.paint();
    this.mark();
  }

  layout() {
    this.wide = this.root.clientWidth;
    this.house();
    const { main, room } = this.header;
    const small = this.views.filter((view) => view.spec.name !== main);
    const wide = (room && this.roomy) || this.wide;
    const [narrow, usual, largest] = room ? [TINY, SMALL, COMMON] : [NARROW, SMALLEST, LARGEST];
    const side = sideOf(small.length, wide, wide < 600 ? narrow : usual, largest);
    for (const view of small) view.layout(side);
    const large = Math.min(this.wide, MAIN, Math.max(LEAST_MAIN, innerHeight - AROUND_MAIN));
    this.views.find((view) => view.spec.name === main)?.layout(large);
    // pictures stand on one line, however long the words above them
    const heads = small.map((view) => view.section.firstElementChild);
    for (const head of heads) head.style.minHeight = "";
    const tallest = Math.max(...heads.map((head) => head.offsetHeight));
    for (const head of heads) head.style.minHeight = `${tallest}px`;
    this.root.dataset.tool = this.settings.tool;
  }

  // Each map's factor and colour scale: one scale for all, or each its own.
  scales() {
    const { range, clip, sign } = this.settings;
    const maps = this.views.filter((view) => view.map);
    const signed = sign === "signed" && this.header.signed;
    const groups = range === "own" ? maps.map((view) => [view]) : [maps];
    const found = new Map();
    groups.forEach((group, index) => {
      const factors = group.map((view) => factorOf(view.map, range));
      const name = [range, clip, index].join();
      if (!this.reaches.has(name)) this.reaches.set(name, reachOf(group.map((view) => view.map), factors, clip));
      const reach = this.reaches.get(name);
      const scale = new ColourScale(signed ? -reach.limit : 0, reach.limit, signed, this.theme.dark);
      group.forEach((view, place) => found.set(view, { scale, factor: factors[place], reach }));
    });
    return found;
  }

  paint() {
    this.shown = this.scales();
    const own = this.settings.range === "own";
    for (const view of this.views) {
      const { scale, factor, reach } = this.shown.get(view) ?? {};
      view.paint(scale, factor, this.settings);
      view.legend.box.hidden = !own || !view.map;
      if (own && view.map) view.legend.draw(scale, "", this.oddWords(view));
      view.stage.setAttribute("aria-label", this.summary(view, reach));
    }
    const [first] = this.shown.values();
    const shared = first && !own;
    this.legend.box.hidden = !first;
    this.legend.bar.parentElement.hidden = !shared;
    if (shared) this.legend.draw(first.scale, "", inRow(this.views.map((view) => this.oddWords(view))));
    const ends = this.settings.sign === "signed" && this.header.signed ? this.header.ends : ["", this.word("end.strong")];
    this.ends.replaceChildren(...ends.map((text) => element("span", "", null, text)));
    setText(this.legend.caption, this.caption(first));
    this.tools.draw(this.settings, this.header);
  }

  caption(first) {
    if (!first) return "";
    const parts = [this.word(`caption.${this.settings.range}`)];
    const { reach } = first;
    if (this.settings.range !== "own" && reach.largest === 0) return this.word("caption.zero");
    if (this.settings.range !== "own" && reach.beyond > 0)
      parts.push(this.word("caption.clipped", { percent: this.settings.clip, beyond: shortNumber(reach.beyond), largest: shortNumber(reach.largest) }));
    if (this.settings.range === "own" && this.settings.clip < 100) parts.push(this.word("caption.clipped_own", { percent: this.settings.clip }));
    return inRow(parts);
  }

  oddWords(view) {
    return view.map?.odd ? this.word("odd", { name: view.spec.title, count: view.map.odd }) : "";
  }

  summary(view, reach) {
    if (!view.map) return this.word("summary.image", { shape: view.image.shape.join("×") });
    const { map } = view;
    return this.word("summary.map", { name: view.spec.title, height: map.height, width: map.width, low: shortNumber(map.low), high: shortNumber(map.high),
      limit: shortNumber(reach.limit) });
  }

  mark() {
    const place = this.place ?? this.pinned;
    const hovered = this.active?.map ? this.active : null;
    const box = place && hovered ? hovered.boxAt(place) : null;
    for (const view of this.views) {
      view.mark(place, box, this.drawing ? [...this.strokes, this.drawing] : this.strokes, (tool) => this.cssOf(tool));
      const cell = view.at(place);
      setText(view.value, cell ? this.valueWords(view, cell) : place ? view.colourAt(view.pixelAt(place)).map((v) => shortNumber(v)).join(", ") : "\u00a0");
    }
    const said = this.readoutWords(place, hovered, box);
    setText(this.readout, said || this.word("readout.empty"));
    clearTimeout(this.timer);
    if (said) this.timer = setTimeout(() => setText(this.live, [said, ...this.views.map((view) => `${view.spec.title}: ${view.value.textContent}`)].join(" · ")), 600);
    setText(this.hint, this.word(this.settings.tool === "look" ? "hint.look" : "hint.brush"));
    this.report(place, box);
  }

  valueWords(view, cell) {
    const share = this.settings.range === "share" ? ` (${shortNumber(cell.value * factorOf(view.map, "share"))}%)` : "";
    return `${Number.isFinite(cell.value) ? shortNumber(cell.value, 5) : exactNumber(cell.value)}${share}`;
  }

  readoutWords(place, hovered, box) {
    const view = hovered ?? this.views[0];
    if (!place || !view) return "";
    const pixel = view.pixelAt(place);
    const parts = [this.word("readout.pixel", { ...pixel, value: view.colourAt(pixel).map((v) => shortNumber(v)).join(", ") })];
    if (hovered && hovered.map.cells < hovered.map.pixels) parts.push(this.word("readout.cell", hovered.at(place)));
    if (box) parts.push(this.word("readout.field", { ...box, height: box.bottom - box.top + 1, width: box.right - box.left + 1 }));
    return inRow(parts);
  }

  cssOf(tool) {
    const colour = this.header.brush?.colours.find(({ name }) => name === tool);
    return colour ? `rgb(${colour.rgb.join(",")})` : "transparent";
  }

  act(name) {
    this.send("stroke", { tool: name });
  }

  // The user's state as data, for whoever tests the page.
  report(place, box) {
    const scales = Object.fromEntries([...(this.shown ?? [])].map(([view, { scale }]) => [view.spec.name, { low: scale.low, high: scale.high, colours: scale.name }]));
    const cells = place ? Object.fromEntries(this.views.map((view) => [view.spec.name, view.at(place)])) : null;
    this.root.dataset.state = JSON.stringify({ settings: this.settings, scales, cells, box, names: this.views.map((view) => view.spec.name) });
  }

  stop() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.watcher.disconnect();
    removeEventListener("resize", this.moved);
    if (this.header?.room) leaveRoom(this.header.room, this.moved);
    for (const view of this.views) view.remove();
    if (this.header?.link) releaseParameter(this.header.link);
    this.root.remove();
  }
}

// The side of `count` panels in rows across `wide` pixels: rows of equal length look better than one short last row.
function sideOf(count, wide, least, largest) {
  const most = Math.max(1, Math.min(count, Math.floor((wide + GAP) / (least + GAP))));
  const columns = Math.ceil(count / Math.ceil(count / most)) || 1;
  return Math.min(largest, Math.floor((wide + GAP) / columns) - GAP);
}

const CASTS = { clip: Number, size: Number };

function mapOf({ shape, values }, image) {
  const finite = values.filter(Number.isFinite);
  return { height: shape[0], width: shape[1], values, cells: values.length, pixels: image.shape[1] * image.shape[2], ...totalOf(values),
    low: finite.length ? finite.reduce((a, b) => Math.min(a, b)) : NaN, high: finite.length ? finite.reduce((a, b) => Math.max(a, b)) : NaN };
}

const canvases = new WeakMap();

// Called by Streamlit for every run and theme; what it returns is called when the canvas leaves the page.
export default function ({ data, parentElement, setTriggerValue }) {
  let canvas = canvases.get(parentElement);
  if (!canvas) canvases.set(parentElement, (canvas = new Overlays(parentElement)));
  canvas.receive(data, setTriggerValue);
  return () => { canvases.get(parentElement)?.stop(); canvases.delete(parentElement); };
}
