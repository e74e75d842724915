// Numbers and places in words: short in a cell, and in a sum all with the same decimals, so that a user can add them up.
import { exactNumber, fill } from "../../shared/numbers.js";

const MINUS = "\u2212";
const DIGITS = 9;

// As many digits, at most `digits`, as fit `room` characters.
export function inCell(value, digits, room) {
  if (value === null) return MINUS + "\u221e";
  const size = Math.abs(value);
  if (size === 0) return "0";
  const short = value.toExponential(0).replace("e-", "e" + MINUS).replace("e+", "e").replace(/^-/, MINUS);
  if (size >= 1e4 || size < 1e-3) return short;
  for (let kept = digits; kept > 0; kept -= 1) {
    const text = String(Number(value.toPrecision(kept))).replace(/^-/, MINUS);
    if (text.length <= room) return text;
  }
  return short;
}

export function whole(value) {
  return value === null ? MINUS + "\u221e" : exactNumber(value);
}

// The number of decimals that show the largest of `values` with nine digits.
export function decimalsFor(values) {
  const largest = Math.max(...values.map((value) => Math.abs(value ?? 0)));
  if (!(largest > 0)) return 1;
  return Math.min(Math.max(DIGITS - 1 - Math.floor(Math.log10(largest)), 0), 16);
}

export function fixed(value, decimals) {
  return value === null ? MINUS + "\u221e" : value.toFixed(decimals).replace(/^-/, MINUS);
}

export function placeOf(words, index) {
  const [channel, y, x] = index;
  return index.length === 3 ? fill(words["place.map"], { channel, y, x }) : fill(words["place.vector"], { channel });
}

export function cellName(words, cell) {
  return `${cell.row === "input" ? words["place.input"] : cell.row}, ${placeOf(words, cell.index)}`;
}

// Black or white, whichever has the larger contrast on the colour of `value` (WCAG).
export function inkOn(scale, value) {
  const packed = scale.packed(value);
  if (!packed) return "";
  const [red, green, blue] = [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}
