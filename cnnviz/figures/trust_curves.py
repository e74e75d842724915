"""Charts of how far maps can be trusted: deletion and insertion beside their controls, and randomised weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from cnnviz.figures.markup import escape_markup
from cnnviz.figures.palette import COLOURS, MARKERS
from cnnviz.text import Text

if TYPE_CHECKING:
    from cnnviz.attribution.trust.deletion_insertion import Faithfulness

TESTS = ("deletion", "insertion")
_DASHES = ("dot", "dash", "dashdot", "longdash")


def faithfulness_curves(results: Sequence[tuple[str, Faithfulness]], controls: Mapping[str, str], t: Text) -> go.Figure:
    """Return the score against the fraction of pixels removed, and added: `results` with their titles, the controls in
    grey.

    `controls` gives the name of each control in words; the curves of the controls are those of the first result.
    """
    figure = make_subplots(
        1, 2, shared_yaxes=True, subplot_titles=[t(f"chart.{test}") for test in TESTS], horizontal_spacing=0.05
    )
    first = results[0][1]
    for column, test in enumerate(TESTS, 1):
        for place, (name, curves) in enumerate(first.controls.items()):
            figure.add_scatter(
                x=first.fractions,
                y=getattr(curves, test).scores,
                name=controls[name],
                mode="lines",
                row=1,
                col=column,
                legendgroup=name,
                showlegend=column == 1,
                line={"color": "#8a8f98", "width": 1.5, "dash": _DASHES[place % len(_DASHES)]},
                hovertemplate="%{y:.3f}",
            )
        for place, (title, found) in enumerate(results):
            figure.add_scatter(
                x=found.fractions,
                y=getattr(found.own, test).scores,
                name=escape_markup(title),
                row=1,
                col=column,
                mode="lines+markers",
                legendgroup=f"map-{place}",
                showlegend=column == 1,
                line={"color": COLOURS[place % len(COLOURS)], "width": 2.5},
                marker={"symbol": MARKERS[place % len(MARKERS)], "size": 5},
                hovertemplate="%{y:.3f}",
            )
        figure.update_xaxes(title=t(f"chart.{test}_x"), tickformat=".0%", row=1, col=column)
    figure.update_yaxes(title=t("chart.score"), range=[0, 1.02], row=1, col=1)
    figure.update_layout(
        height=380,
        margin={"l": 0, "r": 12, "t": 30, "b": 0},
        hovermode="x unified",
        legend={"orientation": "h", "y": -0.2},
    )
    return figure


def faithfulness_summary(results: Sequence[tuple[str, Faithfulness]], t: Text) -> str:
    """Describe the areas under the curves."""
    areas = t.clauses(
        t(
            "chart.areas",
            name=title,
            deletion=f"{found.own.deletion.area:.3f}",
            insertion=f"{found.own.insertion.area:.3f}",
        )
        for title, found in results
    )
    return t("chart.faithfulness_alt", areas=areas)


def randomisation_curves(
    stages: Sequence[str], results: Sequence[tuple[str, Sequence[float]]], marked: int, limit: float, t: Text
) -> go.Figure:
    """Return rank correlations with the trained network's map, by the stages made random so far; `marked` is the one
    shown.

    `stages` names the stage made random last, the first none; each of `results` has a title and one number per stage.
    """
    figure = go.Figure()
    names = [t("chart.trained"), *stages[1:]]
    for place, (title, values) in enumerate(results):
        figure.add_scatter(
            x=names[: len(values)],
            y=list(values),
            name=escape_markup(title),
            mode="lines+markers",
            line={"color": COLOURS[place % len(COLOURS)]},
            marker={"symbol": MARKERS[place % len(MARKERS)], "size": 7},
            hovertemplate="%{y:.3f}",
        )
    lowest = min(-0.55, *(value for _, values in results for value in values))
    figure.add_hline(y=limit, line={"dash": "dot", "color": "#8a8f98"}, annotation_text=t("chart.suspicious"))
    figure.add_vline(x=marked, line={"color": "#8a8f98", "width": 1})
    figure.update_layout(
        height=320,
        margin={"l": 0, "r": 12, "t": 8, "b": 0},
        hovermode="x unified",
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(title=t("chart.stages"))
    figure.update_yaxes(title=t("chart.correlation"), range=[lowest - 0.05, 1.05])
    return figure


def randomisation_summary(stages: Sequence[str], results: Sequence[tuple[str, Sequence[float]]], t: Text) -> str:
    """Describe the correlations after the first and after the last stage."""
    ends = t.clauses(
        t("chart.correlations", name=title, first=f"{values[min(1, len(values) - 1)]:.2f}", last=f"{values[-1]:.2f}")
        for title, values in results
    )
    return t("chart.randomisation_alt", count=len(stages) - 1, ends=ends)
