"""Chart of confidence against accuracy."""

import plotly.graph_objects as go

from cnnviz.figures.palette import COLOURS, MARKERS, PATTERNS
from cnnviz.text import Text
from cnnviz.text.numbers import PERCENT, percent
from cnnviz.train.calibration import Bin, Calibration


def calibration_chart(found: Calibration, t: Text) -> go.Figure:
    """Return a bar per bin as high as its accuracy, a mark at its mean confidence, and the line of equality."""
    bins = [one for one in found.bins if one.count]
    width = found.bins[0].high - found.bins[0].low
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name=t("calibration.equal"),
        line={"dash": "dash", "color": COLOURS[2]},
        hoverinfo="skip",
    )
    figure.add_bar(
        x=[(one.low + one.high) / 2 for one in bins],
        y=[one.accuracy for one in bins],
        width=0.92 * width,
        name=t("calibration.accuracy"),
        marker={"color": COLOURS[0], "pattern": {"shape": PATTERNS[0]}},
        customdata=[(one.low, one.high, one.count, one.confidence) for one in bins],
        text=[f"{one.count:,}" for one in bins],
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        hovertemplate=f"%{{customdata[0]:{PERCENT}}}–%{{customdata[1]:{PERCENT}}}: %{{y:{PERCENT}}}, "
        "n = %{customdata[2]:,}<extra></extra>",
    )
    figure.add_scatter(
        x=[one.confidence for one in bins],
        y=[one.accuracy for one in bins],
        mode="markers",
        name=t("calibration.mean"),
        marker={"symbol": MARKERS[2], "size": 9, "color": COLOURS[1]},
        hovertemplate=f"%{{x:{PERCENT}}} → %{{y:{PERCENT}}}<extra></extra>",
    )
    figure.update_layout(
        height=340,
        margin={"l": 0, "r": 24, "t": 8, "b": 0},
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(title=t("calibration.x"), range=[0, 1.03], tickformat=".0%", dtick=0.2)
    figure.update_yaxes(title=t("calibration.y"), range=[0, 1.03], tickformat=".0%")
    return figure


def calibration_summary(found: Calibration, t: Text) -> str:
    """Describe the figure: every bin that holds an answer."""
    return t("calibration.alt", summary=t.clauses(_said(one, t) for one in found.bins if one.count))


def _said(one: Bin, t: Text) -> str:
    return t(
        "calibration.bin",
        low=percent(one.low),
        high=percent(one.high),
        accuracy=percent(one.accuracy or 0),
        count=f"{one.count:,}",
    )
