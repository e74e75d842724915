import assert from "node:assert/strict";
import test from "node:test";
import { ColourScale, colourTable } from "../../../../cnnviz/ui/components/shared/colour.js";

const parts = (packed) => [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255, packed >>> 24];

test("a signed scale is symmetric about 0, whose colour is its middle", () => {
  const scale = new ColourScale(-1, 4, true, false);
  assert.deepEqual([scale.low, scale.high], [-4, 4]);
  assert.equal(scale.packed(0), colourTable("diverging-light")[255]);
  assert.deepEqual(scale.ticks(), [-4, 0, 4]);
});

test("the ends have the first and the last colour, and what lies beyond has no other", () => {
  const scale = new ColourScale(2, 6, false, true);
  const table = colourTable("sequential-dark");
  assert.equal(scale.packed(2), table[0]);
  assert.equal(scale.packed(6), table[510]);
  assert.equal(scale.packed(1e9), table[510]);
  assert.equal(scale.packed(-1e9), table[0]);
});

test("a value that is no finite number is transparent", () => {
  const scale = new ColourScale(0, 1, false, false);
  for (const value of [NaN, Infinity, -Infinity]) {
    assert.equal(scale.packed(value), 0);
    assert.equal(scale.css(value), "transparent");
  }
});

test("a range of one value takes the lowest colour, or the middle of a signed scale", () => {
  assert.equal(new ColourScale(0, 0, true, false).packed(0), colourTable("diverging-light")[255]);
  assert.equal(new ColourScale(3, 3, false, false).packed(3), colourTable("sequential-light")[0]);
  assert.deepEqual(new ColourScale(3, 3, false, false).ticks(), [3]);
});

test("grey rises by equal steps from black to white", () => {
  const table = [...colourTable("grey")].map(parts);
  assert.deepEqual([table[0], table[510]], [[0, 0, 0, 255], [255, 255, 255, 255]]);
  table.forEach(([red, green, blue], index) => assert.deepEqual([red, green, blue], Array(3).fill(Math.round((index / 510) * 255))));
});

test("ink is white on dark colours and dark on light ones", () => {
  const scale = new ColourScale(0, 1, false, false, true);
  assert.deepEqual([scale.ink(0), scale.ink(1)], ["#fff", "#111"]);
});
