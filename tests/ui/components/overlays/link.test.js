import assert from "node:assert/strict";
import test from "node:test";
import { displayText, parseDisplay } from "../../../../cnnviz/ui/components/overlays/js/link.js";

const USUAL = { sign: "signed", range: "numbers", clip: 99, look: "cells", strength: 0.85 };

test("the usual display needs no text", () => {
  assert.equal(displayText(USUAL, "numbers"), "");
});

test("what differs is read again as it was written", () => {
  for (const sign of ["signed", "absolute"]) for (const clip of [100, 99, 95]) for (const strength of [0, 0.6, 1]) {
    const settings = { ...USUAL, sign, clip, strength, look: "smooth", range: "own" };
    assert.deepEqual({ ...settings, ...parseDisplay(displayText(settings, "numbers")) }, settings);
  }
});

test("parts that name nothing are left out", () => {
  const { range, ...usual } = USUAL;
  assert.deepEqual(parseDisplay("clip42.strength900.none..absolute"), { ...usual, sign: "absolute" });
  assert.deepEqual(parseDisplay(null), usual);
});
