"""The curves of the operations bench: an activation with its derivative, or a loss over steps."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import plotly.graph_objects as go

from cnnviz.figures.palette import COLOURS
from cnnviz.text import Text

DASHES = ("solid", "dash", "dot")


class CurveRecord(Protocol):
    """Lines over a common x; `mark` is the place that the page is at."""

    @property
    def title(self) -> str:
        """The name of the axes' words: `curve.<title>.x`."""

    @property
    def x(self) -> Sequence[float]:
        """The x of every point of the lines."""

    @property
    def lines(self) -> Mapping[str, Sequence[float]]:
        """The values of each line, named `curve.<name>`."""

    @property
    def mark(self) -> float | None:
        """A place on the x axis to point out."""


def curve_figure(curves: CurveRecord, t: Text) -> go.Figure:
    """Return one line per entry, told apart by colour and dash."""
    figure = go.Figure()
    for index, (name, values) in enumerate(curves.lines.items()):
        figure.add_scatter(
            x=list(curves.x),
            y=list(values),
            name=t(f"curve.{name}"),
            mode="lines",
            line={"color": COLOURS[index], "dash": DASHES[index], "width": 2.5},
        )
    if curves.mark is not None:
        figure.add_vline(x=curves.mark, line={"color": COLOURS[1], "dash": "dot", "width": 1.5})
    figure.update_layout(
        height=300,
        margin={"l": 0, "r": 12, "t": 8, "b": 0},
        hovermode="x unified",
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"},
        showlegend=True,
    )
    figure.update_xaxes(title=t(f"curve.{curves.title}.x"))
    figure.update_yaxes(automargin=True)
    return figure


def curve_alt(curves: CurveRecord, t: Text) -> str:
    """Describe the figure: each line with its smallest and largest value."""
    return " ".join(
        t(
            "curve.alt",
            name=t(f"curve.{name}"),
            low=f"{min(values):.3g}",
            high=f"{max(values):.3g}",
            first=f"{curves.x[0]:g}",
            last=f"{curves.x[-1]:g}",
        )
        for name, values in curves.lines.items()
    )
