import assert from "node:assert/strict";
import test from "node:test";
import { Grid } from "../../../../cnnviz/ui/pages/operations/js/grid.js";
import { CellLink, follow, WindowLink } from "../../../../cnnviz/ui/pages/operations/js/links.js";

function grid(name, height, width, values, around = [0, 0, 0, 0]) {
  const bytes = String.fromCharCode(...new Uint8Array(Float64Array.from(values).buffer));
  return new Grid({ name, planes: 1, height, width, labels: [""], mode: "zeros", around, data: { type: "<f8", bytes: btoa(bytes) } });
}

const axis = { taps: 2, stride: 1, before: 0, dilation: 1, length: 3, units: 2 };
const grids = new Map([
  ["input", grid("input", 3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9])],
  ["kernel", grid("kernel", 2, 2, [1, 0, 0, -1])],
  ["output", grid("output", 2, 2, [-4, -4, -4, -4])],
  ["sum", grid("sum", 1, 1, [-16])],
]);
const links = [
  new WindowLink({ source: "input", target: "output", kernel: "kernel", how: "conv", groups: 1, mode: "zeros", bias: [0], rows: axis, columns: axis }, grids),
  new CellLink({ target: "sum", lines: [["all of it"]], reads: [[2, 0, 2, 1, 2, 2, 2, 3]] }, grids),
];
const places = (marks, name) => [...(marks.get(grids.get(name)) ?? [])].map((id) => {
  const { y, x } = grids.get(name).cell(id);
  return `${y}${x}`;
}).sort();

test("a number of the output is its window times the kernel", () => {
  const [part] = links[0].parts({ plane: 0, y: 1, x: 0 });
  assert.deepEqual([part.window, part.weights, part.sum], [[4, 5, 7, 8], [1, 0, 0, -1], -4]);
});

test("what a number is made of is found through every link", () => {
  const back = follow(links, grids.get("sum"), { plane: 0, y: 0, x: 0 }, "back");
  assert.deepEqual(places(back, "output"), ["00", "01", "10", "11"]);
  assert.equal(places(back, "input").length, 9);
});

test("what a number goes into is found through every link", () => {
  const forward = follow(links, grids.get("input"), { plane: 0, y: 0, x: 0 }, "forward");
  assert.deepEqual([places(forward, "output"), places(forward, "sum")], [["00"], ["00"]]);
});

test("a weight goes into every number of its output and meets one input for each", () => {
  const forward = follow(links, grids.get("kernel"), { plane: 0, y: 1, x: 1 }, "forward");
  assert.equal(places(forward, "output").length, 4);
  const met = links[0].meets({ plane: 0, y: 1, x: 1 }).map(([found, id]) => found.cell(id)).map(({ y, x }) => `${y}${x}`);
  assert.deepEqual(met.sort(), ["11", "12", "21", "22"]);
});
