// Numbers as they are read: a float32 in the fewest digits that identify it, or rounded for a narrow place.
const MINUS = "\u2212";

function signed(text) {
  return text.replace(/^-/, MINUS).replace("e-", "e" + MINUS).replace("e+", "e");
}

export function plainNumber(value) {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
  for (let digits = 6; digits <= 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(value);
}

export function exactNumber(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+\u221e" : MINUS + "\u221e";
  return signed(plainNumber(value));
}

export function shortNumber(value, digits = 3) {
  if (!Number.isFinite(value)) return exactNumber(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return signed(value.toExponential(Math.max(0, digits - 2)).replace(/\.?0+e/, "e"));
  return signed(String(Number(value.toPrecision(digits))));
}

// "{channel} of {count}" with its values.
export function fill(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// Sentences one after the other: a space stands between them, none after a Chinese mark.
export function inRow(sentences) {
  return sentences.filter(Boolean).reduce((said, next) => said + (/[\u3002\uff1b\uff1a\uff09]$/.test(said) ? "" : " ") + next, "").trim();
}

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
