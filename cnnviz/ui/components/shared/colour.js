// The one colour-scale object: pixels, bars, lens and legend all ask it, so they cannot disagree.
import { clamp } from "./numbers.js";

const STEPS = 511;

// Stops are [position, lightness, chroma, hue] in OKLCH. Lightness changes in one direction from the middle (diverging)
// or from the start (sequential), which is what keeps them readable with any colour vision.
const STOPS = {
  "diverging-light": [[0, 0.32, 0.12, 262], [0.25, 0.58, 0.13, 252], [0.5, 0.975, 0, 90], [0.75, 0.64, 0.15, 40], [1, 0.36, 0.13, 27]],
  "diverging-dark": [[0, 0.86, 0.09, 240], [0.25, 0.6, 0.14, 252], [0.5, 0.21, 0, 90], [0.75, 0.6, 0.16, 40], [1, 0.87, 0.1, 70]],
  "sequential-light": [[0, 0.98, 0.012, 100], [0.3, 0.86, 0.08, 160], [0.65, 0.58, 0.1, 220], [1, 0.27, 0.11, 275]],
  "sequential-dark": [[0, 0.2, 0.05, 285], [0.35, 0.46, 0.12, 265], [0.7, 0.73, 0.12, 185], [1, 0.96, 0.11, 105]],
};

function channel(linear) {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * clamp(value, 0, 1));
}

function fromOklch(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

const tables = new Map();

function mixed(stops, at) {
  const right = Math.max(1, stops.findIndex((stop) => stop[0] >= at));
  const [from, to] = [stops[right - 1], stops[right]];
  const part = (at - from[0]) / (to[0] - from[0]);
  const mix = (index) => from[index] + part * (to[index] - from[index]);
  // the neutral middle has no hue of its own
  const hue = from[2] === 0 ? to[3] : to[2] === 0 ? from[3] : mix(3);
  return fromOklch(mix(1), mix(2), hue);
}

// Packed pixels, ABGR in memory order; "grey" rises by equal steps from black to white.
export function colourTable(name) {
  if (!tables.has(name)) {
    const packed = Uint32Array.from({ length: STEPS }, (_, index) => {
      const at = index / (STEPS - 1);
      const [red, green, blue] = name === "grey" ? Array(3).fill(Math.round(at * 255)) : mixed(STOPS[name], at);
      return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    });
    tables.set(name, packed);
  }
  return tables.get(name);
}

export class ColourScale {
  // A signed scale is symmetric about 0; a range of one value takes the middle or the lowest colour.
  // `grey` is the ramp of each of the three lights of a colour image.
  constructor(low, high, signed, dark, grey = false) {
    const reach = Math.max(Math.abs(low), Math.abs(high));
    this.dark = dark;
    this.low = signed ? -reach : low;
    this.high = signed ? reach : high;
    this.signed = signed;
    this.name = grey ? "grey" : `${signed ? "diverging" : "sequential"}-${dark ? "dark" : "light"}`;
    this.table = colourTable(this.name);
    this.factor = this.high > this.low ? (STEPS - 1) / (this.high - this.low) : 0;
    this.base = this.factor ? 0 : signed ? (STEPS - 1) / 2 : 0;
  }

  // 0 for a value that is no finite number: transparent, the hatching shows through.
  packed(value) {
    if (!Number.isFinite(value)) return 0;
    const index = this.base + (value - this.low) * this.factor;
    return this.table[index <= 0 ? 0 : index >= STEPS - 1 ? STEPS - 1 : Math.round(index)];
  }

  css(value) {
    const packed = this.packed(value);
    return packed ? `rgb(${packed & 255},${(packed >> 8) & 255},${(packed >> 16) & 255})` : "transparent";
  }

  // Black or white, whichever reads better on the colour of `value`.
  ink(value) {
    const packed = this.packed(value);
    const bright = 0.299 * (packed & 255) + 0.587 * ((packed >> 8) & 255) + 0.114 * ((packed >> 16) & 255);
    return packed && bright < 140 ? "#fff" : "#111";
  }

  ticks() {
    if (!this.factor) return [this.low];
    return [this.low, (this.low + this.high) / 2, this.high];
  }
}
