import assert from "node:assert/strict";
import test from "node:test";

globalThis.document = { documentElement: {} };
const { actionOf, scaleFor } = await import("../../../cnnviz/ui/core/present.js");

test("a picture is as much larger as the window is higher, and a phone is no reason to enlarge", () => {
  assert.equal(scaleFor(1280, 720), 2);
  assert.equal(scaleFor(1920, 1080), 3);
  assert.equal(scaleFor(820, 1180), 820 / 600);
  assert.equal(scaleFor(390, 844), 1);
});

test("right and left lead where the stage says, and a clicker's keys as the arrows do", () => {
  assert.deepEqual(["ArrowRight", "PageDown", "ArrowLeft", "PageUp"].map((key) => actionOf(key, "objects")), ["next", "next", "previous", "previous"]);
  assert.deepEqual(["ArrowRight", "PageDown", "PageUp"].map((key) => actionOf(key, "page")), [null, "on", "back"]);
  assert.deepEqual(["ArrowRight", "ArrowLeft"].map((key) => actionOf(key, "drawing")), ["draw", "undraw"]);
});

test("other keys leave, reveal, show the code or go to the next object; the rest belong to the page", () => {
  assert.deepEqual(["Escape", "p", " ", "q", "ArrowDown", "ArrowUp", "x", "Tab"].map((key) => actionOf(key, "objects")),
    ["leave", "leave", "reveal", "qr", "down", "up", null, null]);
});
