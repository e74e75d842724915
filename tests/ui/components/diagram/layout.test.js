import assert from "node:assert/strict";
import test from "node:test";
import { layoutBlock, rounded } from "../../../../cnnviz/ui/components/diagram/js/layout.js";
import { firstJoin, growTree, visible } from "../../../../cnnviz/ui/components/diagram/js/tree.js";

// conv, then a block of two branches that meet: a 3 by 3 and a 1 by 1, added to what enters them.
const row = (name, block, inputs) => ({ name, label: name, block, inputs, shape: [4, 8, 8], kind: "Conv2d", family: "conv" });
const DATA = {
  rows: [row("conv", -1, [-1]), row("block.a", 0, [0]), row("block.b", 0, [0]), row("block.add", 0, [1, 2]), row("fc", -1, [3])],
  blocks: [{ path: "block", label: "block", parent: -1, times: 1, layers: 3, shape: [4, 8, 8] }],
};
const SIZE = () => ({ w: 100, h: 30 });

test("edges lie between the children of one block, and end at its ways in and out", () => {
  const tree = growTree(DATA);
  assert.deepEqual([...tree.root.edges.values()], [[-1, 0], [0, 1], [1, 2], [2, 3]]);
  assert.deepEqual([...tree.blocks[0].edges.values()].sort(), [[-1, 0], [-1, 1], [0, 2], [1, 2], [2, 3]].sort());
});

test("a folded block stands for what it holds", () => {
  const tree = growTree(DATA);
  assert.deepEqual(visible(tree.root, () => false).map((item) => item.id), ["conv", "block:block", "fc"]);
  assert.deepEqual(visible(tree.root, () => true).map((item) => item.id), ["conv", "block:block", "block.a", "block.b", "block.add", "fc"]);
});

test("the blocks around the first meeting of branches are open at first", () => {
  assert.deepEqual([...firstJoin(growTree(DATA))], ["block:block"]);
});

for (const open of [true, false]) {
  test(`boxes do not overlap and lie inside the drawing, the block ${open ? "open" : "folded"}`, () => {
    const tree = growTree(DATA);
    const piece = layoutBlock(tree.root, () => open, SIZE);
    const closed = piece.boxes.filter((box) => !box.open);
    for (const box of closed) assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.w <= piece.w && box.y + box.h <= piece.h);
    closed.forEach((box, at) => closed.slice(at + 1).forEach((other) => assert.ok(
      box.x + box.w <= other.x || other.x + other.w <= box.x || box.y + box.h <= other.y || other.y + other.h <= box.y)));
  });
}

test("branches stand side by side, and what joins them below", () => {
  const tree = growTree(DATA);
  const at = new Map(layoutBlock(tree.root, () => true, SIZE).boxes.map((box) => [box.item.id, box]));
  assert.equal(at.get("block.a").y, at.get("block.b").y);
  assert.ok(at.get("block.add").y > at.get("block.a").y + 30);
  assert.ok(at.get("block.b").x > at.get("block.a").x);
});

test("a path begins and ends at its points, rounded between", () => {
  const path = rounded([[0, 0], [0, 20], [30, 20]]);
  assert.ok(path.startsWith("M0 0") && path.endsWith("L30 20") && path.includes("Q0 20"));
});
