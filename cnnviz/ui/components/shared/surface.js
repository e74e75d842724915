// A crisp drawing surface: one canvas at the screen's own resolution, addressed in CSS pixels.
import { magnified } from "./presented.js";

export class Surface {
  constructor(parent, className) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = className;
    this.canvas.setAttribute("aria-hidden", "true");
    parent.append(this.canvas);
    this.context = this.canvas.getContext("2d");
  }

  resize(width, height) {
    const ratio = Math.min((globalThis.devicePixelRatio || 1) * magnified(this.canvas), 4);
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== across || this.canvas.height !== down) {
      this.canvas.width = across;
      this.canvas.height = down;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    this.width = width;
    this.height = height;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.imageSmoothingEnabled = false;
    this.context.clearRect(0, 0, width, height);
    return this.context;
  }

  clear() {
    this.context.clearRect(0, 0, this.width, this.height);
    return this.context;
  }
}

const patterns = new Map();

// Diagonal lines for what has no colour of its own: padding, NaN, infinity.
export function hatch(context, ink, paper) {
  const name = `${ink}|${paper}`;
  if (!patterns.has(name)) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    const brush = tile.getContext("2d");
    brush.fillStyle = paper;
    brush.fillRect(0, 0, 6, 6);
    brush.strokeStyle = ink;
    brush.lineWidth = 1.2;
    brush.beginPath();
    for (const from of [-3, 0, 3, 6]) {
      brush.moveTo(from - 1, 7);
      brush.lineTo(from + 7, -1);
    }
    brush.stroke();
    patterns.set(name, tile);
  }
  return context.createPattern(patterns.get(name), "repeat");
}
