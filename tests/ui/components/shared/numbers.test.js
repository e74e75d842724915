import assert from "node:assert/strict";
import test from "node:test";
import { clamp, exactNumber, fill, inRow, plainNumber, shortNumber } from "../../../../cnnviz/ui/components/shared/numbers.js";

test("a float32 is written in the fewest digits that identify it", () => {
  for (const value of [0.1, 1 / 3, -2.5e-7, 123456.78, 3.4e38, 1e7, 7]) {
    const written = Math.fround(value);
    assert.equal(Math.fround(Number(plainNumber(written))), written);
  }
  assert.equal(plainNumber(Math.fround(0.1)), "0.1");
  assert.equal(plainNumber(12), "12");
});

test("numbers have a minus sign, not a hyphen, and say infinity and NaN", () => {
  assert.equal(exactNumber(-0.5), "\u22120.5");
  assert.equal(exactNumber(-Infinity), "\u2212\u221e");
  assert.equal(exactNumber(Infinity), "+\u221e");
  assert.equal(exactNumber(NaN), "NaN");
});

test("a short number has the digits that it is given, and powers of ten where it is very small or large", () => {
  assert.equal(shortNumber(3.14159), "3.14");
  assert.equal(shortNumber(3.14159, 5), "3.1416");
  assert.equal(shortNumber(0), "0");
  assert.equal(shortNumber(0.00012), "1.2e\u22124");
  assert.equal(shortNumber(123456), "1.2e5");
  assert.equal(shortNumber(-200000), "\u22122e5");
});

test("a sentence is filled with its values, and unknown names stay", () => {
  assert.equal(fill("{channel} of {count}", { channel: 0, count: 6 }), "0 of 6");
  assert.equal(fill("{none}", {}), "{none}");
});

test("a space stands between sentences, none after a Chinese mark", () => {
  assert.equal(inRow(["One.", "", "Two."]), "One. Two.");
  assert.equal(inRow(["一。", "二。"]), "一。二。");
});

test("a number is held between two others", () => {
  assert.deepEqual([-1, 2, 9].map((value) => clamp(value, 0, 5)), [0, 2, 5]);
});
