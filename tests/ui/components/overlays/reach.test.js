import assert from "node:assert/strict";
import test from "node:test";
import { drawnValues, factorOf, reachOf, smoothed, totalOf } from "../../../../cnnviz/ui/components/overlays/js/reach.js";

const map = (values, pixels = values.length) => ({ values: Float32Array.from(values), cells: values.length, pixels, ...totalOf(values) });

test("a share is in per cent of the map's total, for one pixel of the image", () => {
  const shares = map([1, -3], 8);
  assert.equal(factorOf(shares, "numbers"), 1);
  const factor = factorOf(shares, "share");
  const sum = [...shares.values].reduce((all, value) => all + Math.abs(value) * factor * (8 / 2), 0);
  assert.equal(sum, 100);
  assert.equal(factorOf(map([0, 0]), "share"), 0);
});

test("colours reach as far as the given per cent of all pixels do not exceed, as sorting them says", () => {
  const values = Array.from({ length: 200 }, (_, index) => Math.sin(index * 12.9898) * 43758.5453 % 7);
  const sorted = values.map((value) => Math.abs(Math.fround(value))).sort((a, b) => a - b);
  for (const percent of [95, 99]) {
    const { limit, beyond, largest } = reachOf([map(values)], [1], percent);
    assert.equal(limit, sorted[Math.ceil((200 * percent) / 100) - 1]);
    assert.ok(beyond <= 100 - percent + 1e-9);
    assert.equal(largest, sorted.at(-1));
  }
});

test("without clipping, and in a map of zeros, they reach to the largest", () => {
  assert.deepEqual(reachOf([map([1, -9])], [1], 100), { limit: 9, beyond: 0, largest: 9 });
  assert.deepEqual(reachOf([map([0, 0])], [1], 99), { limit: 0, beyond: 0, largest: 0 });
});

test("a cell counts as often as it covers pixels", () => {
  const coarse = map([4], 99);
  const fine = map([8], 1);
  assert.equal(reachOf([coarse, fine], [1, 1], 99).limit, 4);
});

test("only the strength is drawn where the sign does not count", () => {
  assert.deepEqual([...drawnValues([-2, 3], 2, true)], [4, 6]);
  assert.deepEqual([...drawnValues([-2, 3], 2, false)], [-4, 6]);
});

test("between the centres of cells a smooth map is linear, outside them constant", () => {
  assert.deepEqual([...smoothed([0, 4], 1, 2, 1, 4)], [0, 1, 3, 4]);
  assert.deepEqual([...smoothed([7], 1, 1, 2, 2)], [7, 7, 7, 7]);
});
