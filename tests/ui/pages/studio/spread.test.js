import assert from "node:assert/strict";
import test from "node:test";
import { spread } from "../../../../cnnviz/ui/pages/studio/js/spread.js";

test("labels that have room stay where they are", () => {
  assert.deepEqual(spread([10, 100, 50], 20, 0, 200), [10, 100, 50]);
});

test("labels that would overlap share the room around their middle, in their order", () => {
  assert.deepEqual(spread([52, 50], 20, 0, 200), [61, 41]);
  assert.deepEqual(spread([50, 50, 50], 10, 0, 200), [40, 50, 60]); // equal ones in the order of the list
});

test("no label leaves the chart while there is room", () => {
  assert.deepEqual(spread([2, 3], 20, 0, 200), [0, 20]);
  assert.deepEqual(spread([199, 200], 20, 0, 200), [180, 200]);
});
