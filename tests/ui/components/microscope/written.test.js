import assert from "node:assert/strict";
import test from "node:test";
import { cellName, decimalsFor, fixed, inCell, placeOf, whole } from "../../../../cnnviz/ui/components/microscope/js/written.js";

test("a cell holds as many digits as it has room for", () => {
  assert.equal(inCell(0.123456, 3, 6), "0.123");
  assert.equal(inCell(0.123456, 3, 4), "0.12");
  assert.equal(inCell(-1234.5, 2, 6), "\u22121200");
  assert.equal(inCell(0, 2, 3), "0");
  assert.equal(inCell(null, 2, 3), "\u2212\u221e");
  assert.equal(inCell(0.00001, 3, 6), "1e\u22125");
});

test("numbers that are added have one number of decimals, nine digits for the largest", () => {
  assert.equal(decimalsFor([0.5, -12.25, null]), 7);
  assert.equal(decimalsFor([0, null]), 1);
  assert.equal(fixed(-12.25, decimalsFor([12.25])), "\u221212.2500000");
});

test("a place says its channel, and its row and column in a map", () => {
  const words = { "place.map": "{channel} at ({y}, {x})", "place.vector": "unit {channel}", "place.input": "pixel" };
  assert.equal(placeOf(words, [3, 1, 2]), "3 at (1, 2)");
  assert.equal(cellName(words, { row: "input", index: [0, 1, 2] }), "pixel, 0 at (1, 2)");
  assert.equal(cellName(words, { row: "fc1", index: [7] }), "fc1, unit 7");
});

test("what is minus infinity travels as null", () => {
  assert.equal(whole(null), "\u2212\u221e");
  assert.equal(fixed(null, 3), "\u2212\u221e");
});
