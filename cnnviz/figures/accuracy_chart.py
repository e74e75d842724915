"""Trained networks as points: how often each is right, against what it costs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import plotly.graph_objects as go

from cnnviz.figures.label_placement import label_sides
from cnnviz.figures.log_ticks import ticks_between
from cnnviz.figures.markup import escape_markup
from cnnviz.figures.palette import COLOURS, MARKERS
from cnnviz.text import Text
from cnnviz.text.numbers import PERCENT, PERCENT_MARK, percent, short_number

MEASURES = ("num_params", "macs")
NARROW = (270, 250)
"""Width and height in pixels of the smallest plot, a telephone's: names that are clear there are clear everywhere."""
_MARGIN = 0.08
"""Free at each end of an axis, as a share of what the points span."""
_DECADE = 1.05
"""Of log10, and a little."""


@dataclass(frozen=True, slots=True)
class NetworkPoint:
    """One trained network."""

    label: str
    family: str
    """What shares a colour and a shape."""
    num_params: int
    macs: int
    """Multiply-adds for one image."""
    accuracy: float
    """Share of the test images that is right, in [0, 1]."""
    published: bool = False
    """True for a figure of others, drawn hollow."""


def accuracy_chart(points: Sequence[NetworkPoint], measure: str, t: Text) -> go.Figure:
    """Return test accuracy against `measure` ("num_params" or "macs"), logarithmic; a shape and colour per family."""
    families = list(dict.fromkeys(point.family for point in points))
    texts = point_labels(points)
    across, up = _ranges(points, measure)
    beside = label_sides(pixel_positions(points, measure), texts, *NARROW)
    figure = go.Figure()
    for number, family in enumerate(families):
        shown = False
        for published in (False, True):
            kept = [
                index for index, point in enumerate(points) if point.family == family and point.published == published
            ]
            if not kept:
                continue
            symbol = MARKERS[(number + number // len(MARKERS)) % len(MARKERS)]
            said = t("chart.published", name="%{customdata}") if published else "%{customdata}"
            figure.add_scatter(
                x=[getattr(points[index], measure) for index in kept],
                y=[points[index].accuracy for index in kept],
                text=[escape_markup(texts[index]) if beside[index] else "" for index in kept],
                textposition=[beside[index] or "top center" for index in kept],
                customdata=[escape_markup(points[index].label) for index in kept],
                mode="markers+text",
                name=escape_markup(family),
                legendgroup=escape_markup(family),
                showlegend=not shown,
                cliponaxis=False,
                marker={
                    "symbol": f"{symbol}-open" if published else symbol,
                    "size": 12,
                    "color": COLOURS[number % len(COLOURS)],
                    "line": {"width": 2},
                },
                hovertemplate=f"{said}: %{{y:{PERCENT}}}, %{{x:,}}<extra></extra>",
            )
            shown = True
    figure.update_layout(
        height=440,
        margin={"l": 0, "r": 16, "t": 8, "b": 0},
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "entrywidth": 62},
    )
    marks = ticks_between(10.0 ** across[0], 10.0 ** across[1])
    figure.update_xaxes(
        title=t(f"chart.{measure}"),
        type="log",
        tickvals=marks,
        ticktext=[short_number(mark) for mark in marks],
        range=across,
    )
    figure.update_yaxes(title=t("chart.accuracy"), tickformat=PERCENT_MARK, range=up)
    return figure


def point_labels(points: Sequence[NetworkPoint]) -> list[str]:
    """Return the name shown beside each point; "" where the legend shows it, as the only one of its family."""
    alike = Counter(point.family for point in points)
    return [point.label if alike[point.family] > 1 else "" for point in points]


def pixel_positions(points: Sequence[NetworkPoint], measure: str) -> list[tuple[float, float]]:
    """Return the positions of the points in the narrowest plot, from its upper left corner."""
    (left, right), (low, high) = _ranges(points, measure)
    width, height = NARROW
    return [
        (
            width * (log10(getattr(point, measure)) - left) / (right - left),
            height * (high - point.accuracy) / (high - low),
        )
        for point in points
    ]


def _ranges(points: Sequence[NetworkPoint], measure: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of both axes: a decade at least across, so that one tick is in it, and hardly beyond 100 % up."""
    low, high = _span([point.accuracy for point in points])
    return (
        _span([log10(getattr(point, measure)) for point in points], _DECADE),
        (low, min(high, 1 + _MARGIN * (1 - low))),
    )


def _span(values: Sequence[float], least: float = 0) -> tuple[float, float]:
    """Return the ends of an axis, with room beyond the outermost points; at least `least` apart."""
    low, high = min(values), max(values)
    free = max(_MARGIN * (high - low) or _MARGIN, (least - (high - low)) / 2)
    return low - free, high + free


def accuracy_summary(points: Sequence[NetworkPoint], measure: str, t: Text) -> str:
    """Describe the figure, from the cheapest network to the dearest."""
    order = sorted(points, key=lambda point: getattr(point, measure))
    parts = [f"{point.label} {getattr(point, measure):,}: {percent(point.accuracy)}" for point in order]
    return t("chart.alt", measure=t(f"chart.{measure}"), summary=t.clauses(parts))
