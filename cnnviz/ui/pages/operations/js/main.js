// A board on the page: its grids, what is hovered and pinned, the arithmetic of that number, and the player.
import { Arithmetic } from "./arithmetic.js";
import { ColourScale } from "../../../components/shared/colour.js";
import { element, setText, themeOf } from "../../../components/shared/dom.js";
import { Editor } from "./editor.js";
import { Grid } from "./grid.js";
import { CellLink, follow, WindowLink } from "./links.js";
import { fill, inRow, shortNumber } from "../../../components/shared/numbers.js";
import { Plane } from "./plane.js";
import { Player } from "./player.js";

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const KINDS = { window: WindowLink, cells: CellLink };

class Board {
  constructor(parent) {
    this.root = element("div", "cnnviz-board", parent);
    this.player = new Player(this.root, this);
    this.gridsBox = element("div", "grids", this.root);
    this.panel = element("div", "panel", this.root);
    this.arithmetic = new Arithmetic(this.panel, (values) => this.rangeScale(values));
    this.editor = new Editor(this.panel, (value) => this.change(value), () => this.views.get(this.pinned.grid.name)?.stage.focus());
    this.hint = element("p", "hint", this.root);
    this.hint.id = "board-hint";
    this.live = element("div", "hidden", this.root);
    this.live.setAttribute("aria-live", "polite");
    this.watcher = new ResizeObserver(() => this.root.clientWidth !== this.width && this.layout());
    this.watcher.observe(this.root);
    this.onStep = (event) => this.player.step(event.detail); // the keys right and left of present mode
    addEventListener("cnnviz-step", this.onStep);
  }

  receive(data, send) {
    this.send = send;
    const theme = themeOf(this.root);
    const text = JSON.stringify(data) + theme.dark;
    if (text === this.seen) return;
    this.seen = text;
    this.words = data.words;
    this.root.lang = data.language;
    this.theme = { ...theme, reach: theme.dark ? "#6cb6ff" : "#0b62a8", accentFill: theme.dark ? "rgba(255,209,102,.2)" : "rgba(179,0,94,.12)",
      reachFill: theme.dark ? "rgba(108,182,255,.25)" : "rgba(11,98,168,.16)" };
    const kept = this.pinned && { grid: this.pinned.grid.name, ...this.pinned.cell };
    const shape = data.grids.map((grid) => [grid.name, grid.planes, grid.height, grid.width, grid.around, grid.labels, grid.shape, grid.title, grid.edits].join());
    this.grids = new Map(data.grids.map((spec) => [spec.name, new Grid(spec)]));
    this.links = data.links.map((spec) => new KINDS[spec.kind](spec, this.grids));
    this.main = this.grids.get(data.main);
    this.hover = null;
    const again = kept && this.grids.get(kept.grid);
    const fits = again && kept.plane < again.planes && again.inside(kept.y, kept.x);
    this.pinned = fits ? { grid: again, cell: kept } : { grid: this.main, cell: { plane: 0, y: 0, x: 0 } };
    if (shape.join("|") === this.shape) this.renew();
    else this.build();
    this.shape = shape.join("|");
    this.player.name(this.words);
    this.layout();
  }

  build() {
    this.player.stop();
    this.gridsBox.replaceChildren();
    this.views = new Map();
    for (const grid of this.grids.values()) {
      const section = element("section", "grid", this.gridsBox);
      const head = element("div", "grid-head", section);
      element("h3", "grid-title", head, grid.title);
      element("span", "grid-shape", head, grid.shape);
      const stage = element("div", "planes", section);
      stage.tabIndex = 0;
      Object.assign(stage.dataset, { grid: grid.name, rows: grid.fullHeight, columns: grid.fullWidth,
        extent: [grid.top, grid.left, grid.height, grid.width] });
      stage.setAttribute("role", "application");
      stage.setAttribute("aria-describedby", this.hint.id);
      const planes = Array.from({ length: grid.planes }, (_, index) => new Plane(stage, grid, index));
      const legend = element("div", "legend", section);
      const view = { grid, section, stage, planes, legend };
      this.views.set(grid.name, view);
      this.listen(view);
    }
  }

  // The same places with other numbers: nothing on the page moves and the focus stays.
  renew() {
    for (const [name, view] of this.views) {
      view.grid = this.grids.get(name);
      view.planes.forEach((plane) => Object.assign(plane, { grid: view.grid }));
    }
  }

  listen(view) {
    const { stage } = view;
    const found = (event) => {
      const plane = view.planes.find((each) => each.stage.contains(event.target));
      return plane && { grid: view.grid, cell: plane.cellAt(event) };
    };
    stage.addEventListener("pointermove", (event) => {
      const at = found(event);
      if (!at) return;
      if (event.pointerType !== "mouse" || event.buttons) this.select(at.grid, at.cell);
      else this.show(at);
    });
    stage.addEventListener("pointerleave", () => this.show(null));
    stage.addEventListener("pointerdown", (event) => {
      const at = found(event);
      if (at) this.select(at.grid, at.cell);
    });
    stage.addEventListener("dblclick", () => !this.editor.root.hidden && this.editor.begin("F2"));
    stage.addEventListener("focus", () => this.pinned.grid !== view.grid && stage.matches(":focus-visible") && this.select(view.grid, { plane: 0, y: 0, x: 0 }));
    stage.addEventListener("keydown", (event) => this.key(event, view));
  }

  key(event, view) {
    const { grid } = view;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = this.pinned.grid === grid ? this.pinned.cell : { plane: 0, y: 0, x: 0 };
    const limit = (value, count) => Math.max(0, Math.min(count - 1, value));
    let next = null;
    if (MOVES[event.key]) {
      next = { plane: now.plane, y: limit(now.y + MOVES[event.key][0], grid.height), x: limit(now.x + MOVES[event.key][1], grid.width) };
    } else if (event.key === "PageUp" || event.key === "PageDown") {
      next = { ...now, plane: limit(now.plane + (event.key === "PageUp" ? -1 : 1), grid.planes) };
    } else if (event.key === "Home" || event.key === "End") {
      next = { ...now, x: event.key === "Home" ? 0 : grid.width - 1 };
    } else if (grid.edits && (event.key === "Enter" || event.key === "F2" || /^[-\d.]$/.test(event.key))) {
      this.select(grid, now);
      this.editor.begin(event.key);
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    this.select(grid, next);
  }

  select(grid, cell) {
    this.editor.commit();
    this.pinned = { grid, cell };
    this.hover = null;
    this.mark();
  }

  show(at) {
    const same = at && this.hover && at.grid === this.hover.grid && ["plane", "y", "x"].every((axis) => at.cell[axis] === this.hover.cell[axis]);
    if (same || (!at && !this.hover)) return;
    this.hover = at;
    this.mark();
  }

  change(value) {
    const { grid, cell } = this.pinned;
    this.send("edit", { grid: grid.name, place: grid.place(cell.plane, cell.y, cell.x), value });
  }

  layout() {
    if (!this.grids || !this.root.clientWidth) return;
    this.width = this.root.clientWidth;
    const coarse = matchMedia("(pointer: coarse)").matches;
    for (const view of this.views.values()) for (const plane of view.planes) plane.layout(Math.min(this.width, 760), coarse);
    for (const view of this.views.values()) {
      const scale = this.scaleOf(view.grid);
      for (const plane of view.planes) plane.paint(scale, this.theme);
      this.drawLegend(view, scale);
    }
    this.mark();
  }

  // Equal colours are equal numbers: one scale for all grids whose numbers can be read; a picture has its own, with a legend.
  scaleOf(grid) {
    const numbered = [...this.views.values()].filter((view) => view.planes[0].readable()).map((view) => view.grid);
    const shared = numbered.includes(grid) ? numbered : [grid];
    const low = Math.min(...shared.map((each) => each.low));
    if (grid.photo && shared.length === 1) return new ColourScale(0, 255, false, this.theme.dark, true);
    return new ColourScale(low, Math.max(...shared.map((each) => each.high)), low < 0, this.theme.dark);
  }

  rangeScale(values) {
    const finite = values.filter(Number.isFinite);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    return new ColourScale(low, high, low < 0, this.theme.dark);
  }

  // Numbers that can be read need no legend.
  drawLegend(view, scale) {
    view.legend.replaceChildren();
    if (view.planes[0].numbered) return;
    element("span", "", view.legend, shortNumber(scale.low, 3));
    const bar = element("span", "legend-bar", view.legend);
    const stops = Array.from({ length: 17 }, (_, index) => scale.css(scale.low + ((scale.high - scale.low) * index) / 16));
    bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    element("span", "", view.legend, shortNumber(scale.high, 3));
  }

  where(grid, cell) {
    const words = { grid: grid.title, plane: grid.labels[cell.plane], row: cell.y, column: cell.x };
    const place = fill(this.words[grid.labels[cell.plane] ? "where_plane" : "where"], words);
    return grid.inside(cell.y, cell.x) ? place : `${place} ${this.words.padding}`;
  }

  mark() {
    const active = this.hover ?? this.pinned;
    const { grid, cell } = active;
    const real = grid.inside(cell.y, cell.x);
    const reads = real ? follow(this.links, grid, cell, "back") : new Map();
    const reaches = real ? follow(this.links, grid, cell, "forward") : new Map();
    for (const link of this.links) {
      if (link.kernel !== grid || !real) continue;
      if (!reads.has(link.source)) reads.set(link.source, new Set());
      for (const [source, id] of link.meets(cell)) reads.get(source).add(id);
    }
    for (const view of this.views.values()) {
      for (const plane of view.planes) {
        const here = view.grid === grid && plane.index === cell.plane ? cell : null;
        const pin = this.hover && view.grid === this.pinned.grid && plane.index === this.pinned.cell.plane ? this.pinned.cell : null;
        plane.mark(reads.get(view.grid), reaches.get(view.grid), here, pin, this.theme);
      }
    }
    this.describe(active, real, reads, reaches);
  }

  describe({ grid, cell }, real, reads, reaches) {
    const { words } = this;
    const link = real ? this.links.find((each) => each.target === grid) : null;
    const value = grid.value(cell.plane, cell.y, cell.x);
    const where = this.where(grid, cell);
    this.arithmetic.show(words, where, link, cell, value);
    if (!link) {
      const goes = this.reachWords(reaches);
      this.arithmetic.lines(goes ? [goes] : []);
    }
    const index = grid === this.main && real ? grid.place(cell.plane, cell.y, cell.x) : -1;
    this.player.show(this.main.count, index, where);
    const pinned = this.pinned;
    if (!pinned.grid.edits || !pinned.grid.inside(pinned.cell.y, pinned.cell.x)) this.editor.hide();
    else if (!this.hover) this.editor.show(words, value);
    setText(this.hint, words.hint);
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => setText(this.live, this.arithmetic.root.textContent), 250);
    for (const view of this.views.values()) {
      view.stage.setAttribute("aria-label", `${view.grid.title}, ${view.grid.shape}`);
    }
    const count = (marks) => Object.fromEntries([...marks].map(([each, ids]) => [each.name, ids.size]));
    this.root.dataset.state = JSON.stringify({ grid: grid.name, ...cell, value: real ? value : null, reads: count(reads), reaches: count(reaches),
      pinned: { grid: this.pinned.grid.name, ...this.pinned.cell } });
  }

  reachWords(reaches) {
    const said = [...reaches].filter(([, ids]) => ids.size).map(([grid, ids]) => fill(this.words.reaches, { count: ids.size, grid: grid.title }));
    return inRow(said);
  }

  stop() {
    this.player.stop();
    clearTimeout(this.speaking);
    removeEventListener("cnnviz-step", this.onStep);
    this.watcher.disconnect();
    this.root.remove();
  }
}

const boards = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let board = boards.get(parentElement);
  if (!board) boards.set(parentElement, (board = new Board(parentElement)));
  board.receive(data, setTriggerValue);
  return () => {
    boards.get(parentElement)?.stop();
    boards.delete(parentElement);
  };
}
