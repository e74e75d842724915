// One diagram on the page: what is open, where the focus is, how large it is drawn.
import { button, element } from "../../shared/dom.js";
import { onKey } from "./keys.js";
import { layoutBlock, move, rounded } from "./layout.js";
import { drawNode, sizeOf, svg } from "./nodes.js";
import { drawReadout } from "./readout.js";
import { firstJoin, growTree, visible } from "./tree.js";

export class View {
  constructor(root) {
    this.root = root;
    this.zoom = 0;
    this.tools = element("div", "tools");
    this.stage = element("div", "stage");
    this.sheet = element("div", "sheet");
    this.canvas = element("div", "canvas");
    this.canvas.setAttribute("role", "tree");
    this.readout = element("aside", "readout");
    this.legend = element("div", "legend");
    for (const part of [this.readout, this.legend]) part.dataset.noFigure = "";
    this.sheet.append(this.canvas);
    this.stage.append(this.sheet);
    this.root.replaceChildren(this.tools, this.stage, this.readout, this.legend);
    this.canvas.addEventListener("keydown", (event) => onKey(event, this));
    this.canvas.addEventListener("click", (event) => this.onClick(event));
    this.canvas.addEventListener("pointerover", (event) => this.onPointer(event));
    this.canvas.addEventListener("pointerleave", () => this.drawFacts(null));
    this.canvas.addEventListener("focusin", (event) => this.onFocus(event));
    this.stage.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.watcher = new ResizeObserver(() => this.fitted && this.fit());
    this.watcher.observe(this.stage);
  }

  show(data, send) {
    this.send = send;
    if (this.data && this.data.version === data.version) return this.choose(data.selected);
    const fresh = !this.data || this.data.identity !== data.identity;
    const moved = !this.data || this.data.selected !== data.selected;
    this.data = data;
    this.tree = growTree(data);
    if (fresh) {
      const small = data.rows.length <= 24, spot = firstJoin(this.tree);
      this.open = new Set(this.tree.blocks.filter((block) => small || spot.has(block.id)).map((block) => block.id));
      this.focus = null;
      this.fitted = true;
    }
    if (fresh || moved) this.uncover();
    this.drawTools();
    this.drawLegend();
    this.draw();
    this.drawFacts(null);
    if (fresh) this.fit();
    if (fresh || moved) this.reveal();
  }

  // The same network again, with another layer chosen.
  choose(name) {
    if (this.data.selected === name) return;
    this.data.selected = name;
    if (this.uncover()) this.draw(); else this.mark();
    this.drawFacts(null);
    this.reveal();
  }

  // Opens every block around the chosen layer; says whether one was folded.
  uncover() {
    let folded = false;
    for (let item = this.tree.byId.get(this.data.selected)?.parent; item?.parent; item = item.parent) {
      folded = folded || !this.open.has(item.id);
      this.open.add(item.id);
    }
    return folded;
  }

  isOpen = (item) => this.open.has(item.id);

  draw() {
    const piece = layoutBlock(this.tree.root, this.isOpen, sizeOf);
    move(piece, 12, 26);
    this.width = piece.w + 24;
    this.height = piece.h + 46;
    this.shown = visible(this.tree.root, this.isOpen);
    const lines = svg("svg", { width: this.width, height: this.height, class: "wires", "aria-hidden": "true" });
    for (const wire of piece.wires) drawWire(lines, wire);
    for (const item of this.shown) item.box = null;
    this.elements = new Map();
    const boxes = new Map(piece.boxes.map((box) => [box.item.id, box]));
    const back = [], nodes = [];
    for (const item of this.shown) {
      const box = boxes.get(item.id);
      item.box = box;
      const { element, target } = drawNode(box, this.data, this.tree);
      this.elements.set(item.id, target);
      if (!box.open) { nodes.push(element); continue; }
      element.removeChild(target);
      target.style.cssText = `left:${box.x}px;top:${box.y}px;width:${box.w}px`;
      element.setAttribute("role", "presentation");
      back.push(element);
      nodes.push(target);
    }
    const held = this.canvas.contains(this.canvas.getRootNode().activeElement);
    const start = element("div", "end", null, this.data.words.input);
    start.style.cssText = `left:${piece.axis - 110}px;top:4px;width:220px`;
    this.canvas.replaceChildren(...back, lines, start, ...nodes);
    this.canvas.setAttribute("aria-label", this.data.words.tree);
    if (held && this.elements.has(this.focus)) this.elements.get(this.focus).focus({ preventScroll: true });
    if (!this.elements.has(this.focus)) this.focus = this.shown.length ? this.shown[0].id : null;
    this.mark();
    this.scale();
  }

  mark() {
    let item = this.tree.byId.get(this.data.selected);
    while (item && !this.elements.has(item.id)) item = item.parent;
    this.current = item && item.id;
    for (const [id, element] of this.elements) {
      element.setAttribute("aria-selected", String(id === this.current));
      element.tabIndex = id === this.focus ? 0 : -1;
    }
  }

  reveal() {
    const element = this.current && this.elements.get(this.current);
    if (element) this.scrollTo(element);
  }

  scrollTo(element) {
    const outer = this.stage.getBoundingClientRect(), inner = element.getBoundingClientRect();
    const over = (low, high, a, b) => (a < low + 8 ? a - low - 40 : b > high - 8 ? b - high + 40 : 0);
    this.stage.scrollTop += over(outer.top, outer.bottom, inner.top, inner.bottom);
    this.stage.scrollLeft += over(outer.left, outer.right, inner.left, inner.right);
  }

  setFocus(id) {
    this.focus = id;
    this.mark();
    const element = this.elements.get(id);
    if (!element) return;
    element.focus({ preventScroll: true });
    this.scrollTo(element);
  }

  // The box that was folded stays where the eye is.
  toggle(item) {
    const before = this.elements.get(item.id), had = before && before.getBoundingClientRect().top;
    if (this.open.has(item.id)) this.open.delete(item.id); else this.open.add(item.id);
    this.focus = item.id;
    this.draw();
    if (this.fitted) this.fit();
    const after = this.elements.get(item.id);
    if (had !== undefined && had !== null) this.stage.scrollTop += after.getBoundingClientRect().top - had;
    after.focus({ preventScroll: true });
    this.scrollTo(after);
    this.drawFacts(item);
  }

  toggleAll(open) {
    this.open = new Set(open ? this.tree.blocks.map((block) => block.id) : []);
    this.draw();
    if (this.fitted) this.fit();
  }

  select(item) {
    this.data = { ...this.data, selected: item.id };
    this.mark();
    this.send(item.id);
  }

  itemAt(event) {
    const element = event.target.closest("[data-id]");
    return element && this.tree.byId.get(element.dataset.id);
  }

  onClick(event) {
    const item = this.itemAt(event);
    if (!item) return;
    this.focus = item.id;
    if (item.type === "block") this.toggle(item);
    else { this.select(item); this.setFocus(item.id); }
  }

  onPointer(event) {
    const item = this.itemAt(event);
    if (item) this.drawFacts(item);
  }

  onFocus(event) {
    const item = this.itemAt(event);
    if (!item) return;
    this.focus = item.id;
    this.mark();
    this.drawFacts(item);
  }

  onWheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1);
  }

  // Without a layer under the pointer, the selected one's are drawn.
  drawFacts(item) {
    drawReadout(this.readout, item || this.tree.byId.get(this.current) || null, this.data);
  }

  zoomBy(factor) {
    this.fitted = false;
    this.setZoom(this.zoom * factor);
  }

  fit() {
    this.fitted = true;
    const room = this.stage.clientWidth;
    if (room > 0 && this.width) this.setZoom(Math.max(0.7, Math.min(1, room / this.width)));
  }

  setZoom(zoom) {
    this.zoom = Math.max(0.25, Math.min(2, zoom));
    this.scale();
  }

  scale() {
    const zoom = this.zoom || 1;
    this.canvas.style.cssText = `width:${this.width}px;height:${this.height}px;transform:scale(${zoom})`;
    this.sheet.style.cssText = `width:${this.width * zoom}px;height:${this.height * zoom}px`;
  }

  stop() {
    this.watcher.disconnect();
    this.root.parentElement.remove();
  }

  drawTools() {
    const { words } = this.data;
    const tool = (text, label, action) => button(null, "", text, action, label);
    const folds = this.tree.blocks.length ? [
      tool(words.unfold_all, words.unfold_all, () => this.toggleAll(true)),
      tool(words.fold_all, words.fold_all, () => this.toggleAll(false))] : [];
    this.tools.replaceChildren(...folds, element("span", "spring"),
      tool("−", words.smaller, () => this.zoomBy(1 / 1.2)), tool("+", words.larger, () => this.zoomBy(1.2)),
      tool(words.fit, words.fit, () => this.fit()));
  }

  drawLegend() {
    const seen = new Map();
    for (const row of this.data.rows) if (!seen.has(row.family)) seen.set(row.family, row);
    this.legend.replaceChildren(...[...seen].map(([family, row]) => {
      const entry = element("span", "entry");
      entry.append(element("span", `badge ${family}`, null, row.letter), element("span", "", null, this.data.families[family]));
      return entry;
    }));
  }
}

function drawWire(lines, wire) {
  lines.append(svg("path", { d: rounded(wire.points), class: wire.shortcut ? "wire shortcut" : "wire" }));
  if (!wire.arrow) return;
  const [[x0, y0], [x, y]] = wire.points.slice(-2);
  const head = Math.abs(x - x0) > Math.abs(y - y0)
    ? [[x, y], [x + 6 * Math.sign(x0 - x), y - 3.5], [x + 6 * Math.sign(x0 - x), y + 3.5]]
    : [[x, y], [x - 3.5, y - 6], [x + 3.5, y - 6]];
  lines.append(svg("polygon", { points: head.map((point) => point.join(",")).join(" "), class: "head" }));
}
