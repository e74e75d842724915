"""Chart of the receptive field by depth: how far the units of one network see, layer by layer."""

import plotly.graph_objects as go

from cnnviz.figures.palette import COLOURS, MARKERS
from cnnviz.text import Text
from cnnviz.trace.record import Trace


def field_depth(trace: Trace, marked: str, t: Text) -> go.Figure:
    """Return the side of the receptive field, in pixels, of every row that has a window; `marked` is the row shown.

    A line at the image's own side says where a window begins to hold all of it.
    """
    rows = window_sides(trace)
    figure = go.Figure()
    figure.add_scatter(
        x=[place for place, _, _ in rows],
        y=[side for _, side, _ in rows],
        text=[name for _, _, name in rows],
        mode="lines+markers",
        name=t("growth.field"),
        line={"color": COLOURS[0], "shape": "hv"},
        marker={"symbol": MARKERS[0], "size": 5},
        hovertemplate="%{text}: %{y}×%{y}<extra></extra>",
    )
    here = [row for row in rows if row[2] == marked]
    figure.add_scatter(
        x=[place for place, _, _ in here],
        y=[side for _, side, _ in here],
        mode="markers",
        text=[name for _, _, name in here],
        name=marked,
        marker={"symbol": MARKERS[2], "size": 14, "color": COLOURS[1]},
        hovertemplate="%{text}: %{y}×%{y}<extra></extra>",
    )
    figure.add_hline(
        y=max(trace.input_shape[1:]),
        line={"dash": "dot", "color": COLOURS[2]},
        annotation_text=t("growth.image", side=max(trace.input_shape[1:])),
    )
    figure.update_layout(
        height=320,
        margin={"l": 0, "r": 12, "t": 8, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(title=t("growth.x"))
    figure.update_yaxes(title=t("growth.y"), rangemode="tozero")
    return figure


def window_sides(trace: Trace) -> list[tuple[int, int, str]]:
    """Return (number of the row from 1, longer side in pixels, name) of every row whose units see a window."""
    return [
        (number, max(row.receptive_field.size), row.name)
        for number, row in enumerate(trace.layers, 1)
        if row.receptive_field.extent == "window" and row.receptive_field.size is not None
    ]


def field_depth_summary(trace: Trace, marked: str, t: Text) -> str:
    """Describe the figure."""
    rows = window_sides(trace)
    here = next((f"{name} {side}×{side}" for _, side, name in rows if name == marked), marked)
    last = f"{rows[-1][2]} {rows[-1][1]}×{rows[-1][1]}" if rows else "–"
    return t("growth.alt", here=here, last=last)
