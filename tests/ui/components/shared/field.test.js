import assert from "node:assert/strict";
import test from "node:test";
import { boxOf, countIn, overhang, unitsReached } from "../../../../cnnviz/ui/components/shared/field.js";

const WINDOW = { extent: "window", size: [6, 6], stride: [2, 2], start: [-2, -2], spans: null };

test("a unit sees the window at its place, unclipped", () => {
  assert.deepEqual(boxOf(WINDOW, 0, 3), { top: -2, left: 4, bottom: 3, right: 9 });
  assert.equal(boxOf({ ...WINDOW, extent: "global" }, 0, 0), null);
  assert.equal(boxOf(null, 0, 0), null);
});

test("a pixel reaches the units whose window holds it", () => {
  const reached = unitsReached(WINDOW, 14, 14, 0, 27);
  assert.deepEqual(reached, { rows: [[0, 1]], columns: [[12, 13]], all: false });
  assert.equal(countIn(reached), 4);
});

test("every unit of a global field is reached, and none is known of an unknown one", () => {
  assert.equal(countIn(unitsReached({ extent: "global" }, 3, 5, 0, 0)), 15);
  assert.equal(unitsReached({ extent: "unknown" }, 3, 5, 0, 0), null);
});

test("units that are not evenly spaced are reached in runs", () => {
  const spans = [[[0, 1], [4, 5], [1, 2], [1, 1]], [[0, 9]]];
  assert.deepEqual(unitsReached({ extent: "window", spans }, 4, 1, 1, 0).rows, [[0, 0], [2, 3]]);
});

test("windows hang over the image as far as its padding", () => {
  assert.deepEqual(overhang(WINDOW, 14, 14, 28, 28), { top: 2, left: 2, bottom: 2, right: 2 });
  assert.deepEqual(overhang(null, 1, 1, 28, 28), { top: 0, left: 0, bottom: 0, right: 0 });
});
