// Links between grids, both ways: the numbers that a number is made of, and those that it goes into; ids are places in a grid as `Grid.id` gives them.
import { sourceOf } from "./grid.js";

// For every position of an axis, the units whose window reads it.
function reachedUnits(axis, mode) {
  const found = Array.from({ length: axis.length }, () => new Set());
  for (let unit = 0; unit < axis.units; unit += 1) {
    for (let tap = 0; tap < axis.taps; tap += 1) {
      const position = sourceOf(unit * axis.stride - axis.before + tap * axis.dilation, axis.length, mode);
      if (position >= 0) found[position].add(unit);
    }
  }
  return found;
}

export class WindowLink {
  /** @type {Axis} */ rows;
  /** @type {Axis} */ columns;
  /** @type {number} */ groups;
  /** @type {import("./grid.js").Grid} */ source;
  /** @type {import("./grid.js").Grid} */ target;
  /** @type {import("./grid.js").Grid} */ kernel;
  /** Of the padding. @type {string} */ mode;

  constructor(spec, grids) {
    Object.assign(this, spec);
    this.source = grids.get(spec.source);
    this.target = grids.get(spec.target);
    this.kernel = spec.kernel ? grids.get(spec.kernel) : null;
    this.perInput = this.source.planes / this.groups;
    this.perOutput = this.target.planes / this.groups;
    this.reached = [reachedUnits(this.rows, this.mode), reachedUnits(this.columns, this.mode)];
  }

  taps({ y, x }) {
    const found = [];
    for (let i = 0; i < this.rows.taps; i += 1) {
      for (let j = 0; j < this.columns.taps; j += 1) {
        found.push({ i, j, row: y * this.rows.stride - this.rows.before + i * this.rows.dilation,
          column: x * this.columns.stride - this.columns.before + j * this.columns.dilation });
      }
    }
    return found;
  }

  channels(plane) {
    const first = Math.floor(plane / this.perOutput) * this.perInput;
    return Array.from({ length: this.perInput }, (_, index) => first + index);
  }

  kernelPlane(plane, index) {
    return plane * this.perInput + index;
  }

  back(cell) {
    const found = [];
    const taps = this.taps(cell);
    this.channels(cell.plane).forEach((channel, index) => {
      for (const { i, j, row, column } of taps) {
        found.push([this.source, this.source.id(channel, row, column)]);
        const [y, x] = [sourceOf(row, this.source.height, this.mode), sourceOf(column, this.source.width, this.mode)];
        if (y >= 0 && x >= 0 && (y !== row || x !== column)) found.push([this.source, this.source.id(channel, y, x)]);
        if (this.kernel) found.push([this.kernel, this.kernel.id(this.kernelPlane(cell.plane, index), i, j)]);
      }
    });
    return found;
  }

  forward(grid, cell) {
    if (grid === this.kernel) return this.whole(Math.floor(cell.plane / this.perInput));
    if (grid !== this.source || !grid.inside(cell.y, cell.x)) return [];
    const first = Math.floor(cell.plane / this.perInput) * this.perOutput;
    const found = [];
    for (let plane = first; plane < first + this.perOutput; plane += 1) {
      for (const y of this.reached[0][cell.y]) {
        for (const x of this.reached[1][cell.x]) found.push([this.target, this.target.id(plane, y, x)]);
      }
    }
    return found;
  }

  whole(plane) {
    const found = [];
    for (let y = 0; y < this.target.height; y += 1) {
      for (let x = 0; x < this.target.width; x += 1) found.push([this.target, this.target.id(plane, y, x)]);
    }
    return found;
  }

  // Where one weight meets the input: the inputs that it multiplies.
  meets(cell) {
    const output = Math.floor(cell.plane / this.perInput);
    const channel = this.channels(output)[cell.plane % this.perInput];
    const found = [];
    for (let y = 0; y < this.target.height; y += 1) {
      for (let x = 0; x < this.target.width; x += 1) {
        found.push([this.source, this.source.id(channel, y * this.rows.stride - this.rows.before + cell.y * this.rows.dilation,
          x * this.columns.stride - this.columns.before + cell.x * this.columns.dilation)]);
      }
    }
    return found;
  }

  // Window, kernel and products of one output cell, channel by channel, and what becomes of them.
  parts(cell) {
    const taps = this.taps(cell);
    return this.channels(cell.plane).map((channel, index) => {
      const window = taps.map(({ row, column }) => this.source.value(channel, row, column));
      const padded = taps.map(({ row, column }) => !this.source.inside(row, column));
      const weights = this.kernel ? taps.map(({ i, j }) => this.kernel.value(this.kernelPlane(cell.plane, index), i, j)) : null;
      const products = weights ? window.map((value, place) => value * weights[place]) : window;
      return { label: this.source.labels[channel], window, padded, weights, products, sum: products.reduce((sum, value) => sum + value, 0),
        rows: this.rows.taps, columns: this.columns.taps };
    });
  }

  value(cell) {
    return this.target.values[this.target.place(cell.plane, cell.y, cell.x)];
  }
}

export class CellLink {
  constructor(spec, grids) {
    const all = [...grids.values()];
    this.target = grids.get(spec.target);
    this.lines = spec.lines;
    this.reads = spec.reads;
    this.all = all;
    this.readers = new Map();
    spec.reads.forEach((reads, place) => {
      for (let index = 0; index < reads.length; index += 2) {
        const name = `${reads[index]}:${reads[index + 1]}`;
        if (!this.readers.has(name)) this.readers.set(name, []);
        this.readers.get(name).push(place);
      }
    });
  }

  idAt(grid, place) {
    const { plane, y, x } = grid.at(place);
    return grid.id(plane, y, x);
  }

  back(cell) {
    const reads = this.reads[this.target.place(cell.plane, cell.y, cell.x)];
    const found = [];
    for (let index = 0; index < reads.length; index += 2) {
      const grid = this.all[reads[index]];
      found.push([grid, this.idAt(grid, reads[index + 1])]);
    }
    return found;
  }

  forward(grid, cell) {
    if (!grid.inside(cell.y, cell.x)) return [];
    const places = this.readers.get(`${this.all.indexOf(grid)}:${grid.place(cell.plane, cell.y, cell.x)}`) ?? [];
    return places.map((place) => [this.target, this.idAt(this.target, place)]);
  }

  linesOf(cell) {
    return this.lines[this.target.place(cell.plane, cell.y, cell.x)];
  }
}

// Everything that a place depends on (`back`) or reaches (`forward`), link after link: grid -> set of ids.
export function follow(links, grid, cell, way) {
  const marks = new Map();
  const waiting = [[grid, cell]];
  const add = ([found, id]) => {
    if (!marks.has(found)) marks.set(found, new Set());
    if (marks.get(found).has(id)) return;
    marks.get(found).add(id);
    const next = found.cell(id);
    if (found.inside(next.y, next.x)) waiting.push([found, next]);
  };
  while (waiting.length) {
    const [now, at] = waiting.shift();
    for (const link of links) {
      if (way === "back" && link.target === now) link.back(at).forEach(add);
      if (way === "forward") link.forward(now, at).forEach(add);
    }
  }
  return marks;
}
