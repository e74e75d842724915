"""Names at the ends of lines in place of a legend: each with the marker of its line, none over another."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, log10
from unicodedata import east_asian_width

import plotly.graph_objects as go

from cnnviz.figures.markup import escape_markup

GLYPHS = {"circle": "●", "square": "■", "diamond": "◆", "x": "✖", "triangle-up": "▲", "cross": "✚"}
"""Plotly's markers as letters."""
LONGEST = 22
"""Letters of a line of a name; a longer name has two lines and is cut after them."""
_LETTER, _LINE, _GAP = 6.6, 14, 4
"""Pixels of a letter, of a line, and between two names."""
_MARGINS = 60
"""Pixels above and below the plot, the axis and its title included."""


@dataclass(frozen=True, slots=True)
class LineName:
    """The name of a line, its marker and colour, and where the line ends."""

    name: str
    marker: str
    colour: str
    x: float
    y: float


def wrap_name(name: str) -> list[str]:
    """Return a name in one line or two.

    >>> wrap_name("LeNet digits η=0.005"), wrap_name("ResNet width=0.125 depth=34 shortcut=off digits η=0.005")
    (['LeNet digits η=0.005'], ['ResNet width=0.125', 'depth=34 shortcut=off…'])
    """
    lines = textwrap.wrap(name, LONGEST) or [""]
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1].rstrip()}…"]


def spread_apart(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Return middles for boxes of these sizes, in the order of `wanted`, as near to it as the others let them.

    >>> spread_apart([50.0, 52.0, 90.0], [10.0, 10.0, 10.0], 0.0, 100.0)
    [46.0, 56.0, 90.0]
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    groups: list[tuple[list[int], float]] = []
    for index in order:
        groups.append(([index], wanted[index]))
        while len(groups) > 1 and _overlap(groups[-2], groups[-1], sizes):
            (below, _), (above, _) = groups[-2:]
            members = below + above
            groups[-2:] = [(members, sum(wanted[one] for one in members) / len(members))]
    placed = list(wanted)
    for members, middle in groups:
        edge = middle - sum(sizes[one] for one in members) / 2
        for one in members:
            placed[one] = edge + sizes[one] / 2
            edge += sizes[one]
    for order_now, limit, sign in ((reversed(order), high, 1), (order, low, -1)):
        for one in order_now:
            placed[one] = sign * min(sign * placed[one], sign * limit - sizes[one] / 2)
            limit = placed[one] - sign * sizes[one] / 2
    return placed


def draw_line_names(
    figure: go.Figure, names: Sequence[LineName], height: float, log: bool = False, top: float | None = None
) -> None:
    """Write `names` into the right margin of a figure of `height` pixels, each beside the end of its line.

    The values of the figure's lines give the range of its axis, which is logarithmic for `log` and ends at `top` where
    that is given.
    """
    drawn = [float(y) for line in figure.data for y in line.y if isfinite(y) and (y > 0 or not log)]
    if not names or not drawn:
        return
    low, high = (min(drawn), max(drawn)) if log else (min(0.0, *drawn), top or max(drawn))
    plot = height - _MARGINS

    def pixel(value: float) -> float:
        clipped = min(max(value, low), high)
        if log:
            return plot * (log10(clipped) - log10(low)) / max(log10(high) - log10(low), 1e-9)
        return plot * (clipped - low) / max(high - low, 1e-9)

    lines = [wrap_name(name.name) for name in names]
    wanted = [pixel(name.y) for name in names]
    placed = spread_apart(wanted, [_LINE * len(one) + _GAP for one in lines], -_LINE, plot + _LINE)
    for name, words, at, place in zip(names, lines, wanted, placed, strict=True):
        value = min(max(name.y, low), high)
        figure.add_annotation(
            x=name.x,
            y=log10(value) if log else value,
            text=f'<span style="color:{name.colour}">{GLYPHS[name.marker]}</span> '
            + "<br>".join(map(escape_markup, words)),
            showarrow=False,
            align="left",
            xanchor="left",
            yanchor="middle",
            xshift=6,
            yshift=place - at,
        )
    widest = max(sum(1 + (east_asian_width(letter) in "WF") for letter in line) for one in lines for line in one)
    figure.update_layout(margin={"r": 28 + _LETTER * widest})


def _overlap(below: tuple[list[int], float], above: tuple[list[int], float], sizes: Sequence[float]) -> bool:
    reach = sum(sizes[one] for one in (*below[0], *above[0])) / 2
    return above[1] - below[1] < reach
