// One canvas on the page: takes headers from Python, holds the user's state, redraws what changed.
import { Actions } from "./actions.js";
import { ColourScale } from "../../shared/colour.js";
import { element, setText, themeOf } from "../../shared/dom.js";
import { FigureButton } from "../../shared/figure_button.js";
import { boxOf } from "../../shared/field.js";
import { ImageView } from "./image_view.js";
import { listenToKeys } from "./keyboard.js";
import { Lens } from "./lens.js";
import { MapsView } from "./maps_view.js";
import { fill, inRow, shortNumber } from "../../shared/numbers.js";
import { presented } from "../../shared/presented.js";
import { STAGES } from "../../shared/redraw.js";
import { listenToPointer } from "./pointer.js";
import { fieldWords, reachWords, Readout, summaryWords, valueWords, whereWords } from "./readout.js";
import { channelRange, union } from "./stats.js";
import { allHere, bytes, floats, onTensor } from "./tensors.js";
import { MapsTools, Toolbar } from "./toolbar.js";
import { TARGET } from "./view.js";

const STACKED = 816;
const PRESENTED_STACKED = 480;

class Canvas extends Actions {
  /** By kind and place. @type {Map<string, MapsView | ImageView>} */ views = new Map();
  /** @type {Map<string, ColourScale>} */ scales = new Map();
  /** @type {MapsView[]} */ mapsViews = [];
  /** @type {Words} */ words;
  /** @type {CanvasHeader} */ waiting;
  /** Whether the pinned value is not to be told. @type {boolean} */ covered;
  /** @type {FigureButton | undefined} */ figure;

  constructor(parent) {
    super();
    this.parent = parent;
    this.root = element("div", "cnnviz-canvas", parent);
    this.word = (name, values) => fill(this.words[name], values);
    this.hintId = "hint";
    this.toolbar = new Toolbar(this);
    const status = element("div", "status", this.root);
    this.lens = new Lens(status);
    this.readout = new Readout(status);
    this.panels = element("div", "panels", this.root);
    this.hint = element("p", "hint", this.root);
    this.hint.id = this.hintId;
    this.watcher = new ResizeObserver(() => this.root.clientWidth !== this.width && this.later("layout"));
    this.watcher.observe(this.root);
    this.unsubscribe = onTensor(() => this.take());
  }

  // Called for every run, theme and tensor: draws once the header's tensors have all come.
  receive(data, send) {
    this.send = send;
    this.waiting = data;
    this.take();
  }

  take() {
    const header = this.waiting;
    if (!header || !allHere(header)) return;
    this.waiting = null;
    this.words = header.words;
    this.root.lang = header.language;
    this.theme = themeOf(this.root);
    this.covered = header.covered;
    this.scales.clear();
    this.takePin(header);
    this.takePanels(header.panels);
    if (header.figure) (this.figure ??= new FigureButton(this.parent)).receive(header.figure);
    // at once, not with the next frame: the browser has not yet painted what the run brought
    this.pending = STAGES.layout;
    cancelAnimationFrame(this.frame);
    this.redraw();
  }

  // Python's word on the pin counts unless the user has moved on since it was written.
  takePin(header) {
    if (header.serial >= this.serial) [this.pinned, this.serial] = [header.pin, header.serial];
    const given = JSON.stringify(header.given);
    if (given === this.given) return;
    this.given = given;
    if (header.given && JSON.stringify(header.given) !== JSON.stringify(this.pinned)) this.setPin(header.given);
  }

  takePanels(specs) {
    const kept = new Map();
    specs.forEach((spec, index) => {
      const slot = `${spec.kind}-${index}`;
      const view = this.views.get(slot) ?? this.make(spec);
      const heat = spec.heat ? floats(spec.heat.tensor) : null;
      view.update(spec, spec.byte ? bytes(spec.tensor) : floats(spec.tensor), heat);
      kept.set(slot, view);
      // moving an element would take the focus from it
      if (this.panels.children[index] !== view.section) this.panels.insertBefore(view.section, this.panels.children[index] ?? null);
    });
    for (const [slot, view] of this.views) if (!kept.has(slot)) view.remove();
    this.views = kept;
    this.image = [...kept.values()].find((view) => view instanceof ImageView) ?? null;
    this.mapsViews = [...kept.values()].filter((view) => view instanceof MapsView);
    if (this.hover && !(this.mapsViews.includes(this.hover.view) && this.hover.view.cursor)) this.hover = null;
    if (this.pinned && !this.mapsViews.some((view) => view.spec.name === this.pinned.panel)) this.pinned = null;
    this.modes = this.mapsViews.some((view) => !view.vector && view.channels > 1) ? ["map", "layer"] : ["layer"];
    const layers = this.mapsViews.filter((view) => view.spec.kind === "maps");
    if (layers.length > 1) this.modes.push("view");
    for (const mode of ["block", "network"]) if (layers.length && layers.every((view) => mode in view.spec.ranges)) this.modes.push(mode);
    if (!this.modes.includes(this.mode)) this.mode = this.modes.includes("view") ? "view" : "layer";
  }

  make(spec) {
    const view = spec.kind === "image" ? new ImageView(this, spec) : new MapsView(this, spec);
    if (view instanceof MapsView) view.controls = new MapsTools(this, view);
    listenToPointer(this, view);
    listenToKeys(this, view);
    return view;
  }

  // The colour scale of a channel in the chosen mode: one object per range, asked by pixels and legend alike.
  scaleOf(view, channel) {
    const own = [view.stats.min, view.stats.max];
    const { signed, ranges, kind } = view.spec;
    let range = own;
    if (this.mode === "map" && !view.vector && !view.spec.matrix) {
      const parts = view.rgb ? [channel, channel + 1, channel + 2] : [channel];
      range = union(parts.map((part) => channelRange(view.stats, part)));
    }
    const layers = this.mapsViews.filter((other) => other.spec.kind === "maps");
    if (this.mode === "view" && kind === "maps") range = union(layers.map((other) => [other.stats.min, other.stats.max]));
    if (this.mode in ranges) range = union([ranges[this.mode], own]);
    const diverging = this.mode === "view" && kind === "maps" ? layers.some((other) => other.spec.signed) : signed;
    const name = [...range, diverging, view.rgb].join();
    if (!this.scales.has(name)) this.scales.set(name, new ColourScale(...range, diverging, this.theme.dark, view.rgb));
    return this.scales.get(name);
  }

  redraw() {
    const what = this.pending;
    this.pending = 0;
    if (!this.words || !this.root.clientWidth) return;
    const began = performance.now();
    const views = [...this.views.values()];
    if (what >= STAGES.layout) {
      this.width = this.root.clientWidth;
      this.presented = presented(this.root);
      this.narrow = this.width < (this.presented ? PRESENTED_STACKED : STACKED);
      this.root.dataset.narrow = this.narrow;
      this.root.dataset.row = !this.image && this.mapsViews.length > 1 && this.mapsViews.every((view) => view.channels === 1 && !view.vector);
      for (const view of this.mapsViews) view.layout();
      this.image?.layout();
      this.toolbar.draw(this.modes, this.mode);
      for (const view of this.mapsViews) view.controls.draw();
    }
    if (what >= STAGES.paint) for (const view of views) view.paint();
    this.mark();
    if (what >= STAGES.layout) this.describe();
    if (performance.getEntriesByType("measure").length > 3000) performance.clearMeasures();
    if (this.since) performance.measure("cnnviz-hover", { start: this.since, end: performance.now() });
    if (what >= STAGES.layout) performance.measure("cnnviz-draw", { start: began, end: performance.now() });
    this.since = null;
  }

  pinnedView() {
    return this.pinned ? this.mapsViews.find((view) => view.spec.name === this.pinned.panel) : null;
  }

  pinnedBox() {
    const view = this.pinnedView();
    return view ? this.boxFor(view, this.pinned) : null;
  }

  // The pixels that a unit sees: its window, or the whole image where it is global.
  boxFor(view, unit) {
    const { field } = view.spec;
    if (field?.extent === "global" && this.image) return { top: 0, left: 0, bottom: this.image.height - 1, right: this.image.width - 1 };
    return boxOf(field, unit.y, unit.x);
  }

  mark() {
    const shown = this.hover ?? (this.pinned && !this.pixel ? { view: this.pinnedView(), unit: this.pinned } : null);
    for (const view of this.mapsViews) {
      view.mark(this.hover?.view === view ? this.hover.unit : null, this.pinnedView() === view ? this.pinned : null, this.pixel);
      this.drawLegend(view, shown);
    }
    const box = shown ? this.boxFor(shown.view, shown.unit) : null;
    this.image?.mark(box, this.pixel);
    const small = this.mapsViews.some((view) => !view.vector && view.width * view.height > 36);
    this.lens.box.hidden = !small;
    if (small) this.lens.draw(shown?.view, shown && !shown.view.vector ? shown.unit : null, this.theme);
    this.drawReadout(shown, box);
    this.report(shown, box);
  }

  drawLegend(view, shown) {
    const perMap = this.mode === "map" && !view.vector && view.tiles > 1;
    const channel = shown?.view === view ? shown.unit.channel : view.level === "map" ? view.channel : view.channelOf(view.page * view.grid.perPage);
    const caption = view.rgb ? this.word("legend.rgb") : perMap ? this.word("legend.map", { channel: view.slotOf(channel) }) : this.word(`legend.${this.mode}`);
    view.legend.draw(view.scale(channel), caption, view.stats.odd ? this.word("legend.odd", { count: view.stats.odd }) : "");
  }

  drawReadout(shown, box) {
    const { word } = this;
    if (this.pixel && this.image) {
      const { heat, spec, width } = this.image;
      const warm = heat ? [`${spec.heat.title}: ${shortNumber(heat[this.pixel.y * width + this.pixel.x], 6)}.`] : [];
      const second = inRow([...warm, ...this.mapsViews.map((view) => reachWords(word, view, this.pixel))]);
      this.readout.show(word("where.pixel", this.pixel), this.image.valuesAt(this.pixel).map((v) => shortNumber(v, 6)).join(", "), second);
    } else if (shown) {
      const { view, unit } = shown;
      const second = fieldWords(word, view.spec.field, box, this.image);
      const pinned = this.pinnedView() === view && ["channel", "y", "x"].every((axis) => this.pinned[axis] === unit[axis]);
      this.readout.show(whereWords(word, view, unit), this.covered && pinned ? "?" : valueWords(word, view.valuesAt(unit)), second);
    } else this.readout.show(word("readout.empty"), "", "");
    setText(this.hint, word(`hint.${this.situation()}.${this.input}`));
  }

  situation() {
    const view = this.active ?? this.mapsViews[0] ?? this.image;
    if (this.pinned) return "pinned";
    if (!this.mapsViews.length) return "pixel";
    if (!view || view === this.image) return "image";
    if (view.vector) return "pin";
    if (view.channels === 1) return "only";
    if (view.level === "map") return this.input === "keys" || view.cell >= TARGET[this.input] ? "cell" : "zoom";
    return this.input === "keys" || view.cell < TARGET[this.input] ? "open" : "pin";
  }

  describe() {
    for (const view of this.mapsViews) view.stage.setAttribute("aria-label", summaryWords(this.word, view));
    if (!this.image) return;
    const { spec } = this.image;
    this.image.stage.setAttribute("aria-label", this.word("summary.image", { name: spec.title || spec.name, shape: spec.shape.join("×") }));
  }

  // The user's state as data, for whoever tests the page.
  report(shown, box) {
    const panels = this.mapsViews.map((view) => ({ name: view.spec.name, tensor: view.spec.tensor, level: view.level, page: view.page,
      pages: view.grid.pages, channel: view.channel, zoom: view.zoom, cell: view.cell, rgb: view.rgb,
      legend: { low: view.legend.scale.low, high: view.legend.scale.high, colours: view.legend.scale.name } }));
    const cursor = shown && { panel: shown.view.spec.name, ...shown.unit };
    this.root.dataset.state = JSON.stringify({ mode: this.mode, modes: this.modes, panels, cursor, pin: this.pinned, box, pixel: this.pixel });
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.watcher.disconnect();
    this.unsubscribe();
    this.readout.stop();
    this.figure?.stop();
    this.root.remove();
  }
}

const canvases = new WeakMap();

// Called by Streamlit for every run, tensor and theme; what it returns is called when the canvas leaves the page.
export default function ({ data, parentElement, setStateValue }) {
  let canvas = canvases.get(parentElement);
  if (!canvas) canvases.set(parentElement, (canvas = new Canvas(parentElement)));
  canvas.receive(data, setStateValue);
  return () => {
    canvases.get(parentElement)?.stop();
    canvases.delete(parentElement);
  };
}
