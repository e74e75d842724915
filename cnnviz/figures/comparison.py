"""Networks side by side: where their numbers lie, and how far their units see."""

from collections.abc import Sequence

import plotly.graph_objects as go

from cnnviz.figures.log_ticks import ticks_between
from cnnviz.figures.palette import COLOURS, MARKERS, PATTERNS
from cnnviz.text import Text
from cnnviz.trace.record import Trace

_FEWEST = 5
"""Marks of the axis of receptive fields at least."""


def conv_and_dense(trace: Trace, measure: str) -> tuple[int, int]:
    """Return `measure` ("num_params" or "macs") summed over all layers but the dense ones, and over those."""
    total = sum(getattr(layer, measure) for layer in trace.layers)
    dense = sum(getattr(layer, measure) for layer in trace.layers if layer.family == "linear")
    return total - dense, dense


def cost_bars(names: Sequence[str], traces: Sequence[Trace], measure: str, t: Text) -> go.Figure:
    """Return a bar per network of its parameters ("num_params") or multiply-adds ("macs"), dense layers told apart."""
    figure = go.Figure()
    for index, part in enumerate(("conv", "dense")):
        values = [conv_and_dense(trace, measure)[index] for trace in traces]
        figure.add_bar(
            y=list(names),
            x=values,
            name=t(f"part.{part}"),
            orientation="h",
            marker={"color": COLOURS[index], "pattern": {"shape": PATTERNS[index]}},
            hovertemplate="%{y}: %{x:,}<extra>" + t(f"part.{part}") + "</extra>",
        )
    figure.update_layout(
        barmode="stack",
        height=90 + 44 * len(names),
        margin={"l": 0, "r": 12, "t": 8, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(title=t(f"measure.{measure}"), rangemode="tozero", exponentformat="SI")
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure


def field_growth(names: Sequence[str], traces: Sequence[Trace], t: Text) -> go.Figure:
    """Return the side of the receptive field after each weighted layer or pool, in pixels, up to where it is global."""
    figure = go.Figure()
    for index, (name, trace) in enumerate(zip(names, traces, strict=True)):
        steps = field_sides(trace)
        figure.add_scatter(
            x=[depth for depth, _, _ in steps],
            y=[size for _, size, _ in steps],
            text=[layer for _, _, layer in steps],
            name=name,
            mode="lines+markers",
            line={"color": COLOURS[index]},
            marker={"symbol": MARKERS[index], "size": 7},
            hovertemplate="%{text}: %{y}×%{y}<extra>" + name + "</extra>",
        )
    figure.update_layout(
        height=360,
        margin={"l": 0, "r": 12, "t": 8, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(title=t("growth.x"))
    marks = ticks_between(1, max((field_sides(trace)[-1][1] for trace in traces), default=1), _FEWEST)
    figure.update_yaxes(title=t("growth.y"), type="log", tickvals=marks, ticktext=[f"{mark:g}" for mark in marks])
    return figure


def field_sides(trace: Trace) -> list[tuple[int, int, str]]:
    """Return (depth, side in pixels, layer) wherever the receptive field grew; depth counts rows that are windows."""
    steps, depth, largest = [(0, 1, "input")], 0, 1
    for layer in trace.layers:
        field = layer.receptive_field
        if field.extent != "window" or field.size is None:
            continue
        if layer.macs or layer.family == "pool":
            depth += 1
        if max(field.size) > largest:
            largest = max(field.size)
            steps.append((depth, largest, layer.name))
    return steps


def last_window(trace: Trace) -> tuple[int, int] | None:
    """Return height and width in pixels of the receptive field of the last layer whose units see a window."""
    fields = [layer.receptive_field.size for layer in trace.layers if layer.receptive_field.extent == "window"]
    return fields[-1] if fields else None


def cost_summary(names: Sequence[str], traces: Sequence[Trace], measure: str, t: Text) -> str:
    """Describe the bars of `cost_bars` for a user who does not see them."""
    parts = []
    for name, trace in zip(names, traces, strict=True):
        rest, dense = conv_and_dense(trace, measure)
        parts.append(f"{name} {t(f'measure.{measure}')} {rest + dense:,} ({t('part.dense')} {dense:,})")
    return t.clauses(parts)


def growth_summary(names: Sequence[str], traces: Sequence[Trace], t: Text) -> str:
    """Describe where the curves of `field_growth` end."""
    ends = (field_sides(trace)[-1] for trace in traces)
    return t.clauses(f"{name} {size}×{size} ({layer})" for name, (_, size, layer) in zip(names, ends, strict=True))
