import assert from "node:assert/strict";
import test from "node:test";
import { between, square, Stroke } from "../../../../cnnviz/ui/components/overlays/js/brush.js";

test("a stroke between two places leaves no gap and ends at the second", () => {
  const path = between({ y: 0, x: 0 }, { y: 3, x: -7 });
  assert.deepEqual(path.at(-1), { y: 3, x: -7 });
  let last = { y: 0, x: 0 };
  for (const place of path) {
    assert.ok(Math.abs(place.y - last.y) <= 1 && Math.abs(place.x - last.x) <= 1);
    last = place;
  }
});

test("a brush is cut at the borders of the image", () => {
  assert.deepEqual(square({ y: 0, x: 9 }, 5, 10, 10), { top: 0, left: 7, bottom: 2, right: 9 });
});

test("a stroke has at most so many pixels as the server takes", () => {
  const stroke = new Stroke("erase", 3);
  assert.ok(stroke.to({ y: 0, x: 0 }));
  assert.ok(stroke.to({ y: 0, x: 599 }));
  assert.equal(stroke.to({ y: 0, x: 600 }), false);
  assert.equal(stroke.message().path.length, 600);
  assert.deepEqual(stroke.message().path[1], [0, 1]);
});
