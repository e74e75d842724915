"""The values of one layer in one minibatch: its output, its weights and their gradients, as histograms."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from cnnviz.figures.palette import COLOURS
from cnnviz.text import Text

KINDS = ("activations", "weights", "gradients")


def layer_histograms(layer: Mapping[str, Any], t: Text) -> go.Figure:
    """Return a chart per kind of values that the layer has, side by side; `layer` as a run's close look holds it."""
    kinds = [kind for kind in KINDS if layer[kind] is not None]
    figure = make_subplots(
        cols=max(1, len(kinds)), subplot_titles=[t(f"histogram.{kind}") for kind in kinds], horizontal_spacing=0.06
    )
    for place, kind in enumerate(kinds, 1):
        low, high, counts = (layer[kind][part] for part in ("low", "high", "counts"))
        width, middles = (high - low) / len(counts), []
        if width:
            middles = [low + (index + 0.5) * width for index in range(len(counts))]
        else:  # all values equal: a bar at that value, wide enough to be seen
            width, middles, counts = 1.0, [low], [sum(counts)]
        figure.add_bar(
            x=middles,
            y=counts,
            width=width,
            marker={"color": COLOURS[KINDS.index(kind)]},
            row=1,
            col=place,
            hovertemplate="%{x:.3g}: %{y:,}<extra></extra>",
            showlegend=False,
        )
    figure.update_layout(height=220, margin={"l": 0, "r": 8, "t": 28, "b": 0}, bargap=0)
    figure.update_yaxes(title=t("histogram.count"), col=1)
    return figure


def layer_histograms_summary(layer: Mapping[str, Any], t: Text) -> str:
    """Describe the range of each kind of values."""
    parts = [
        t("histogram.range", what=t(f"histogram.{kind}"), low=layer[kind]["low"], high=layer[kind]["high"])
        for kind in KINDS
        if layer[kind] is not None
    ]
    return t.clauses([layer["name"], *parts])
