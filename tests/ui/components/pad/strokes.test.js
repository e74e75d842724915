import assert from "node:assert/strict";
import test from "node:test";
import { Strokes } from "../../../../cnnviz/ui/components/pad/js/strokes.js";

const PLACES = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

test("strokes are parsed as they were formatted", () => {
  const strokes = new Strokes(PLACES, 100);
  strokes.begin(1, 2);
  strokes.add(10, 2);
  strokes.begin(63.9, -4);
  assert.equal(strokes.format(), "12a2._0");
  const again = new Strokes(PLACES, 100);
  again.parse(strokes.format());
  assert.deepEqual(again.list, [[[1, 2], [10, 2]], [[63, 0]]]);
});

test("a point close to the last one is left out, but for the end of a stroke", () => {
  const strokes = new Strokes(PLACES, 100);
  strokes.begin(5, 5);
  assert.equal(strokes.add(6, 5), false);
  assert.equal(strokes.add(6, 5, true), true);
  assert.equal(strokes.add(6, 5, true), false);
});

test("no more points are taken than a link holds", () => {
  const strokes = new Strokes(PLACES, 2);
  strokes.begin(0, 0);
  assert.equal(strokes.add(9, 9), true);
  assert.equal(strokes.add(20, 20), false);
  assert.equal(strokes.begin(0, 0), false);
});
