"""Chart of parameters, multiply-adds and activations by stage of a network."""

from collections.abc import Iterable
from dataclasses import dataclass

import plotly.graph_objects as go

from cnnviz.figures.palette import COLOURS, PATTERNS
from cnnviz.text import Text
from cnnviz.trace.record import LayerRecord, Trace

MEASURES = ("num_params", "macs", "activation_bytes")


@dataclass(frozen=True, slots=True)
class StageSum:
    """Parameters, multiply-adds and activations of one stage for one image."""

    name: str
    """The outermost block; of a row in no block, the row."""
    shape: tuple[int, ...]
    """Of its last output."""
    num_params: int
    macs: int
    activation_bytes: int


def stage_sums(trace: Trace) -> tuple[StageSum, ...]:
    """Return the stages in order of execution; one without parameters in no block counts to the one before."""
    groups: dict[str, list[LayerRecord]] = {}
    last = ""
    for row in trace.layers:
        weightless = not row.block and not row.num_params and last
        last = last if weightless else row.block.partition(".")[0] or row.name
        groups.setdefault(last, []).append(row)
    return tuple(
        StageSum(
            name,
            rows[-1].shape,
            sum(row.num_params for row in rows),
            sum(row.macs for row in rows),
            sum(row.activation_bytes for row in rows),
        )
        for name, rows in groups.items()
    )


def stage_bars(trace: Trace, t: Text) -> go.Figure:
    """Return three bars per stage: its share of all parameters, multiply-adds and activation bytes, in percent."""
    stages = stage_sums(trace)
    figure = go.Figure()
    for index, measure in enumerate(MEASURES):
        values = [getattr(stage, measure) for stage in stages]
        name = t(f"stages.{measure}")
        figure.add_bar(
            y=[stage.name for stage in stages],
            x=percentages(values),
            name=name,
            orientation="h",
            customdata=values,
            marker={"color": COLOURS[index], "pattern": {"shape": PATTERNS[index]}},
            hovertemplate="%{y}: %{customdata:,} (%{x:.1f}%)<extra>" + name + "</extra>",
        )
    figure.update_layout(
        barmode="group",
        height=110 + 46 * len(stages),
        margin={"l": 0, "r": 12, "t": 8, "b": 0},
        bargap=0.25,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"},
    )
    figure.update_xaxes(title=t("stages.x"), range=[0, 100])
    figure.update_yaxes(autorange="reversed", automargin=True, title=t("stages.y"))
    return figure


def stage_summary(trace: Trace, t: Text) -> str:
    """Describe the figure: the stage with the largest share of each measure."""
    stages = stage_sums(trace)
    said = []
    for measure in MEASURES:
        values = [getattr(stage, measure) for stage in stages]
        share, stage = max(zip(percentages(values), stages, strict=True), key=lambda pair: pair[0])
        said.append(t("stages.most", measure=t(f"stages.{measure}"), stage=stage.name, share=round(share)))
    return t("stages.alt", summary=" ".join(said))


def percentages(values: Iterable[int]) -> list[float]:
    """Return each value as a percentage of their sum; all 0 where the sum is."""
    held = list(values)
    total = sum(held)
    return [100 * value / total if total else 0.0 for value in held]
