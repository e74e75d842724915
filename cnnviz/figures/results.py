"""Trained networks as points: how often each is right, against what it costs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from cnnviz.figures.palette import COLOURS, MARKERS
from cnnviz.text import Text

MEASURES = ("num_params", "macs")
_SIDES = ("top center", "bottom center", "middle right", "middle left")


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
    """Test accuracy against `measure` ("num_params" or "macs"), which is logarithmic; a shape and colour per family."""
    families = list(dict.fromkeys(point.family for point in points))
    alike = Counter(point.family for point in points)  # one of a family alone is named by the legend
    named = [index for index, point in enumerate(points) if alike[point.family] > 1]
    order = sorted(named, key=lambda index: (getattr(points[index], measure), points[index].accuracy))
    sides = {index: _SIDES[place % len(_SIDES)] for place, index in enumerate(order)}
    figure = go.Figure()
    for number, family in enumerate(families):
        for published in (False, True):
            kept = [index for index, point in enumerate(points)
                    if point.family == family and point.published == published]
            if not kept:
                continue
            symbol = MARKERS[(number + number // len(MARKERS)) % len(MARKERS)]
            name = t("chart.published", name=family) if published else family
            figure.add_scatter(
                x=[getattr(points[index], measure) for index in kept],
                y=[points[index].accuracy for index in kept],
                text=[points[index].label for index in kept],
                textposition=[sides.get(index, _SIDES[0]) for index in kept],
                mode="markers+text" if alike[family] > 1 else "markers", name=name, cliponaxis=False,
                marker={"symbol": f"{symbol}-open" if published else symbol, "size": 12,
                        "color": COLOURS[number % len(COLOURS)], "line": {"width": 2}},
                hovertemplate="%{text}: %{y:.2%}, %{x:,}<extra></extra>")
    figure.update_layout(height=420, margin={"l": 0, "r": 24, "t": 8, "b": 0}, showlegend=True,
                         legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})
    values = [getattr(point, measure) for point in points]
    figure.update_xaxes(title=t(f"chart.{measure}"), type="log", dtick=1, exponentformat="power",
                        range=_decades(min(values), max(values)))
    figure.update_yaxes(title=t("chart.accuracy"), tickformat=".1%")
    return figure


def _decades(low: float, high: float) -> tuple[float, float]:
    """The ends of a logarithmic axis with room for the labels."""
    from math import log10

    return log10(low) - 0.35, log10(high) + 0.35


def accuracy_summary(points: Sequence[NetworkPoint], measure: str, t: Text) -> str:
    """The figure in words, from the cheapest network to the dearest."""
    order = sorted(points, key=lambda point: getattr(point, measure))
    parts = [f"{point.label} {getattr(point, measure):,}: {point.accuracy:.1%}" for point in order]
    return t("chart.alt", measure=t(f"chart.{measure}"), summary="; ".join(parts))
