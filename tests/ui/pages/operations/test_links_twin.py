"""`links.js` and `grid.js` count windows and padding as `ops` does, on every axis and on every board of the page."""

from itertools import product

import numpy as np
import pytest

from cnnviz.ops.padding import PADDING_MODES, padding_source
from cnnviz.ops.window import WindowAxis
from cnnviz.text import load
from cnnviz.ui.pages.operations.board import WindowLink
from cnnviz.ui.pages.operations.payload import pack
from tests.node import evaluate
from tests.ui.pages.operations.boards import PRESETS, board

SOURCES = """
    const { sourceOf } = await load("pages/operations/js/grid.js");
    return data.map(([position, length, mode]) => sourceOf(position, length, mode));"""
WINDOWS = """
    const { Grid } = await load("pages/operations/js/grid.js");
    const { WindowLink } = await load("pages/operations/js/links.js");
    const plain = (name, length, before, after, mode) => new Grid({
      name, planes: 1, height: length, width: 1, labels: [""], mode, around: [before, 0, after, 0],
      data: { type: "<f8", bytes: btoa("\\0".repeat(8 * length)) } });
    const one = { taps: 1, stride: 1, before: 0, dilation: 1, length: 1, units: 1 };
    return data.map(({ axis, after, mode }) => {
      const [x, y] = [plain("x", axis.length, axis.before, after, mode), plain("y", axis.units, 0, 0, mode)];
      const grids = new Map([["x", x], ["y", y]]);
      const link = new WindowLink({ source: "x", target: "y", groups: 1, mode, rows: axis, columns: one }, grids);
      const units = Array.from({ length: axis.units }, (_, unit) => link.taps({ y: unit, x: 0 }).map(({ row }) => row));
      const readers = Array.from({ length: axis.length }, (_, y) =>
        link.forward(grids.get("x"), { plane: 0, y, x: 0 }).map(([grid, id]) => grid.cell(id).y));
      return { units, readers };
    });"""
BOARDS = """
    const { Grid } = await load("pages/operations/js/grid.js");
    const { WindowLink } = await load("pages/operations/js/links.js");
    return data.map(({ grids: specs, links }) => {
      const grids = new Map(specs.map((spec) => [spec.name, new Grid(spec)]));
      return links.filter((spec) => spec.kind === "window").map((spec) => {
        const link = new WindowLink(spec, grids);
        return Array.from({ length: link.target.count }, (_, place) => {
          const cell = link.target.at(place);
          const parts = link.parts(cell);
          if (spec.how === "conv") return parts.reduce((sum, part) => sum + part.sum, link.bias[cell.plane] ?? 0);
          if (spec.how === "mean") return parts[0].sum / link.divisors[cell.y * link.columns.units + cell.x];
          return Math[spec.how](...parts[0].window);
        });
      });
    });"""
MODES = [*PADDING_MODES]


def test_what_stands_in_the_padding_is_what_ops_puts_there() -> None:
    cases = [
        (position, length, mode)
        for mode, length in product(MODES, range(1, 9))
        for most in [{"reflect": length - 1, "circular": length}.get(mode, 5)]
        for position in range(-most, length + most)
    ]
    expected = [padding_source(*case) for case in cases]
    assert evaluate(SOURCES, cases) == [-1 if place is None else place for place in expected]


def test_windows_lie_where_ops_lays_them_and_every_position_knows_the_units_that_read_it() -> None:
    cases = []
    for kernel, stride, padding, dilation, length, mode in product(
        (1, 2, 3), (1, 2, 3), (0, 1, 2), (1, 2), (3, 5, 8), MODES
    ):
        axis = WindowAxis(kernel, stride, padding, padding, dilation)
        if length + 2 * padding >= axis.reach and padding < length:
            cases.append((axis, length, mode))
    assert len(cases) > 400
    sent = [
        {
            "axis": {
                "taps": axis.kernel,
                "stride": axis.stride,
                "before": axis.before,
                "dilation": axis.dilation,
                "length": length,
                "units": axis.units(length),
            },
            "after": axis.after,
            "mode": mode,
        }
        for axis, length, mode in cases
    ]
    for (axis, length, mode), found in zip(cases, evaluate(WINDOWS, sent), strict=True):
        positions = [list(axis.positions(unit)) for unit in range(axis.units(length))]
        assert found["units"] == positions
        readers = [
            [
                unit
                for unit, taps in enumerate(positions)
                if place in [padding_source(tap, length, mode) for tap in taps]
            ]
            for place in range(length)
        ]
        assert found["readers"] == readers


def test_the_arithmetic_that_the_browser_shows_gives_the_numbers_of_the_board() -> None:
    t = load("pages/operations", "en")
    made = [board(tab, preset) for tab, preset in PRESETS]
    compared = 0
    for each, found in zip(made, evaluate(BOARDS, [pack(each, t) for each in made]), strict=True):
        windows = [link for link in each.links if isinstance(link, WindowLink)]
        for link, values in zip(windows, found, strict=True):
            target = each.grid(link.target).values.numpy().ravel()
            assert np.array(values, float) == pytest.approx(target, rel=1e-5, abs=1e-5), (link.source, link.how)
            compared += 1
    assert compared > 20
