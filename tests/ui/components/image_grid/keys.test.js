import assert from "node:assert/strict";
import test from "node:test";
import { nextTile } from "../../../../cnnviz/ui/components/image_grid/js/keys.js";

const TOPS = [0, 0, 0, 60, 60, 60, 120]; // seven tiles in rows of three

test("arrows lead to the neighbour in the row and in the column", () => {
  assert.equal(nextTile(1, "ArrowRight", TOPS), 2);
  assert.equal(nextTile(2, "ArrowRight", TOPS), 3);
  assert.equal(nextTile(4, "ArrowUp", TOPS), 1);
  assert.equal(nextTile(3, "ArrowDown", TOPS), 6);
});

test("no key leads out of the grid, and other keys lead nowhere", () => {
  for (const [here, key] of [[0, "ArrowLeft"], [6, "ArrowRight"], [2, "ArrowUp"], [4, "ArrowDown"], [3, "a"], [-1, "ArrowRight"]]) assert.equal(nextTile(here, key, TOPS), -1);
});

test("Home and End lead to the ends", () => {
  assert.equal(nextTile(4, "Home", TOPS), 0);
  assert.equal(nextTile(4, "End", TOPS), 6);
});
