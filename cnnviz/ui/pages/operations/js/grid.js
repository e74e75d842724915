// One grid of numbers: planes of rows and columns, with the padding that stands around them.
const TYPES = { "<f8": Float64Array, "<f4": Float32Array, u1: Uint8Array };

function unpacked(data) {
  const text = atob(data.bytes);
  const bytes = Uint8Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return new TYPES[data.type](bytes.buffer);
}

// The position of the input whose value stands at `position`, -1 where nothing of the input does.
export function sourceOf(position, length, mode) {
  if (position >= 0 && position < length) return position;
  if (mode === "reflect") {
    const found = position < 0 ? -position : 2 * (length - 1) - position;
    return found >= 0 && found < length ? found : -1;
  }
  if (mode === "replicate") return position < 0 ? 0 : length - 1;
  if (mode === "circular") return ((position % length) + length) % length;
  return -1;
}

export class Grid {
  /** @type {string} */ name;
  /** @type {number} */ planes;
  /** @type {number} */ height;
  /** @type {number} */ width;
  /** @type {string[]} */ labels;
  /** Characters of its longest number, once a plane has asked. @type {number} */ longest;
  /** Padding around the planes. @type {number} */ top;
  /** @type {number} */ left;
  /** @type {number} */ bottom;
  /** @type {number} */ right;
  /** Of the padding. @type {"zeros" | "reflect" | "replicate" | "circular"} */ mode;

  constructor(spec) {
    Object.assign(this, spec);
    this.values = unpacked(spec.data);
    [this.top, this.left, this.bottom, this.right] = spec.around;
    this.fullHeight = this.height + this.top + this.bottom;
    this.fullWidth = this.width + this.left + this.right;
    this.area = this.height * this.width;
    this.count = this.planes * this.area;
    [this.low, this.high] = [Infinity, -Infinity];
    for (const value of this.values) {
      if (value < this.low) this.low = value;
      if (value > this.high) this.high = value;
    }
    this.outside = spec.empty === "low" ? -Infinity : spec.empty === "high" ? Infinity : 0;
  }

  // A number for a place in this grid, its padding included.
  id(plane, y, x) {
    return (plane * this.fullHeight + y + this.top) * this.fullWidth + x + this.left;
  }

  cell(id) {
    const row = Math.floor(id / this.fullWidth);
    return { plane: Math.floor(row / this.fullHeight), y: (row % this.fullHeight) - this.top, x: (id % this.fullWidth) - this.left };
  }

  inside(y, x) {
    return y >= 0 && y < this.height && x >= 0 && x < this.width;
  }

  place(plane, y, x) {
    return plane * this.area + y * this.width + x;
  }

  at(place) {
    return { plane: Math.floor(place / this.area), y: Math.floor((place % this.area) / this.width), x: place % this.width };
  }

  value(plane, y, x) {
    const row = sourceOf(y, this.height, this.mode);
    const column = sourceOf(x, this.width, this.mode);
    return row < 0 || column < 0 ? this.outside : this.values[this.place(plane, row, column)];
  }
}
