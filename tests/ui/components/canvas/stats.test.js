import assert from "node:assert/strict";
import test from "node:test";
import { channelRange, statsOf, union } from "../../../../cnnviz/ui/components/canvas/js/stats.js";

test("smallest, largest, mean and place of the largest, over all and of each channel", () => {
  const stats = statsOf(Float32Array.from([1, -2, 3, 4, 10, 0]), 2, 3);
  assert.deepEqual([stats.min, stats.max, stats.at, stats.odd], [-2, 10, 4, 0]);
  assert.equal(stats.mean, 16 / 6);
  assert.deepEqual([channelRange(stats, 0), channelRange(stats, 1)], [[-2, 3], [0, 10]]);
});

test("values that are no finite numbers are only counted", () => {
  const stats = statsOf(Float32Array.from([NaN, Infinity, 5, -Infinity]), 2, 2);
  assert.deepEqual([stats.min, stats.max, stats.mean, stats.odd], [5, 5, 5, 3]);
  assert.deepEqual(channelRange(stats, 0), [0, 0]);
});

test("a tensor without a finite number has the range of nothing", () => {
  const stats = statsOf(Float32Array.from([NaN]), 1, 1);
  assert.deepEqual([stats.min, stats.max, stats.mean], [0, 0, 0]);
});

test("a union spans its ranges", () => {
  assert.deepEqual(union([[0, 2], [-1, 1]]), [-1, 2]);
});
