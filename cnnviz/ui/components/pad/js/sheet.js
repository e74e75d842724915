// The square that is drawn on, by mouse, touch, pen or keys; light on dark, as the images that taught the network are.
import { element } from "../../shared/dom.js";

const SIDE = 256;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 3;

export class Sheet {
  /** @type {import("./strokes.js").Strokes} */ strokes;
  /** Of the pen, in places. */ width = 0;
  /** @type {(done: boolean) => void} */ changed;
  /** Of the pointer that draws. @type {number} */ pen = null;
  /** Where the keyboard is. */ key = [32, 32];
  /** The keyboard's pen. */ down = false;
  byKeys = false;

  constructor(parent, changed) {
    this.changed = changed;
    this.canvas = element("canvas", "sheet", parent);
    this.canvas.width = this.canvas.height = SIDE;
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.addEventListener("pointerdown", (event) => this.press(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, (event) => this.lift(event));
    this.canvas.addEventListener("keydown", (event) => this.type(event));
    for (const name of ["focus", "blur"]) this.canvas.addEventListener(name, () => this.draw());
  }

  show(strokes, pen) {
    Object.assign(this, { strokes, width: pen });
    this.draw();
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const side = this.strokes.places.length;
    return [((event.clientX - box.left) / box.width) * side, ((event.clientY - box.top) / box.height) * side];
  }

  press(event) {
    if (event.button > 0 || this.pen !== null) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.byKeys = this.down = false;
    if (!this.strokes.begin(...this.at(event))) return;
    this.pen = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.draw();
    this.changed(false);
  }

  move(event) {
    if (event.pointerId !== this.pen) return;
    const points = event.getCoalescedEvents?.() ?? [];
    let moved = false;
    for (const each of points.length ? points : [event]) moved = this.strokes.add(...this.at(each)) || moved;
    if (!moved) return;
    this.draw();
    this.changed(false);
  }

  lift(event) {
    if (event.pointerId !== this.pen) return;
    this.pen = null;
    if (event.type === "pointerup") this.strokes.add(...this.at(event), true);
    this.draw();
    this.changed(true);
  }

  type(event) {
    const way = KEYS[event.key];
    if (way) {
      const far = event.shiftKey ? 1 : STEP;
      this.key = this.strokes.inside(this.key[0] + far * way[0], this.key[1] + far * way[1]);
      if (this.down && this.strokes.add(...this.key, true)) this.changed(false);
    } else if (event.key === " " || event.key === "Enter") {
      this.down = !this.down && this.strokes.begin(...this.key);
      this.changed(!this.down);
    } else if (event.key === "Escape") this.down = false;
    else return;
    this.byKeys = true;
    event.preventDefault();
    this.draw();
  }

  draw() {
    const context = this.canvas.getContext("2d");
    const cell = SIDE / this.strokes.places.length;
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    Object.assign(context, { strokeStyle: "#fff", lineCap: "round", lineJoin: "round", lineWidth: this.width * cell });
    for (const stroke of this.strokes.list) {
      context.beginPath();
      for (const [x, y] of stroke) context.lineTo((x + 0.5) * cell, (y + 0.5) * cell);
      if (stroke.length === 1) context.lineTo((stroke[0][0] + 0.5) * cell + 0.01, (stroke[0][1] + 0.5) * cell);
      context.stroke();
    }
    if (!this.byKeys || this.canvas.getRootNode().activeElement !== this.canvas) return;
    Object.assign(context, { strokeStyle: this.down ? "#ffb000" : "#6cb6ff", lineWidth: 2 });
    context.beginPath();
    context.arc((this.key[0] + 0.5) * cell, (this.key[1] + 0.5) * cell, (this.width * cell) / 2 + 3, 0, 7);
    context.stroke();
  }
}
