import assert from "node:assert/strict";
import test from "node:test";
import { barAt, barRect, barsOf, gridHeight, gridOf, tileAt, tileRect } from "../../../../cnnviz/ui/components/canvas/js/grid.js";

const centre = ({ left, top, width, height }) => [left + width / 2, top + height / 2];

for (const [count, height, width, room] of [[1, 28, 28, 300], [6, 28, 28, 700], [64, 14, 14, 360], [512, 7, 7, 900], [16, 5, 40, 600]]) {
  test(`${count} maps of ${height}\u00d7${width} in ${room} pixels stand in the room, and each is found under its middle`, () => {
    const grid = gridOf(count, height, width, room, 500);
    assert.ok(grid.perPage * grid.pages >= count);
    const shown = Math.min(grid.perPage, count);
    assert.ok(gridHeight(grid, shown) <= 500);
    for (let index = 0; index < shown; index += 1) {
      const tile = tileRect(grid, index);
      assert.ok(tile.left + tile.width <= room);
      assert.equal(tileAt(grid, shown, ...centre(tile)), index);
    }
    assert.equal(tileAt(grid, shown, 0, 0), -1);
  });
}

test("tiles of at least the map's width are whole multiples of it", () => {
  const grid = gridOf(6, 28, 28, 700, 500);
  assert.equal(grid.tileWidth % 28, 0);
});

test("bars read downwards and then in the next column, and each is found under its middle", () => {
  const bars = barsOf(120, 800, 480, false);
  const shown = Math.min(bars.perPage, 120);
  for (let index = 0; index < shown; index += 1) assert.equal(barAt(bars, shown, ...centre(barRect(bars, index))), index);
  assert.equal(barRect(bars, 1).left, barRect(bars, 0).left);
  assert.equal(barAt(bars, shown, -1, 5), -1);
});
