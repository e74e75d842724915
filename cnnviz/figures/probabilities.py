"""The probability of every class for one image."""

from collections.abc import Collection, Sequence

import plotly.graph_objects as go

from cnnviz.figures.markup import escape_markup
from cnnviz.figures.palette import COLOURS, PATTERNS
from cnnviz.text import Text
from cnnviz.text.numbers import percent

KINDS = ("true", "given", "other")


def probability_bars(
    names: Sequence[str], probabilities: Sequence[float], true: Collection[int], given: Collection[int], t: Text
) -> go.Figure:
    """Return a bar per class; those of the label, of a wrong answer and the others differ in colour and pattern."""
    labels = [escape_markup(name) for name in names]
    figure = go.Figure()
    for place, kind in enumerate(KINDS):
        kept = [index for index in range(len(names)) if _kind(index, true, given) == kind]
        if not kept:
            continue
        figure.add_bar(
            y=[labels[index] for index in kept],
            x=[probabilities[index] for index in kept],
            orientation="h",
            name=t(f"bars.{kind}"),
            marker={"color": COLOURS[place], "pattern": {"shape": PATTERNS[place]}},
            text=[percent(probabilities[index]) for index in kept],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    figure.update_layout(
        height=80 + 26 * len(names),
        margin={"l": 0, "r": 44, "t": 8, "b": 0},
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        bargap=0.25,
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%", title=t("bars.x"))
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=labels[::-1], automargin=True)
    return figure


def _kind(index: int, true: Collection[int], given: Collection[int]) -> str:
    return "true" if index in true else "given" if index in given else "other"


def probability_summary(names: Sequence[str], probabilities: Sequence[float], t: Text) -> str:
    """Describe the figure: the classes from the likeliest on."""
    order = sorted(range(len(names)), key=lambda index: -probabilities[index])
    return t("bars.alt", summary=t.clauses(f"{names[index]} {percent(probabilities[index])}" for index in order))
