"""The curves of trainings beside each other: loss or accuracy, in training and on the test set, by epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan

import plotly.graph_objects as go

from cnnviz.figures.line_names import LineName, draw_line_names
from cnnviz.figures.log_ticks import log_ticks
from cnnviz.figures.markup import escape_markup
from cnnviz.figures.palette import COLOURS, MARKERS
from cnnviz.text import Text
from cnnviz.text.numbers import PERCENT, PERCENT_MARK, percent

MEASURES = ("loss", "accuracy")
MOST_POINTS = 300
PLOT_HEIGHT = 300
"""Pixels of a chart."""


@dataclass(frozen=True, slots=True)
class RunCurves:
    """The measures that one run reported so far, by epoch; those of a minibatch stand at fractions of an epoch."""

    name: str
    epochs: Sequence[float]
    """One per minibatch, as are `train_loss` and `train_accuracy`."""
    train_loss: Sequence[float]
    train_accuracy: Sequence[float]
    """Shares in [0, 1]."""
    test_epochs: Sequence[float]
    """One per test, as are `test_loss` and `test_accuracy`."""
    test_loss: Sequence[float]
    test_accuracy: Sequence[float]
    setting: str = ""
    """Of several runs that differ in their seed alone, what they have in common; "" for a run by itself."""


def learning_curves(
    runs: Sequence[RunCurves],
    measure: str,
    t: Text,
    smoothing: float = 0.0,
    log: bool = False,
    mark: float | None = None,
    top: float | None = None,
    notes: Sequence[tuple[float, str]] = (),
    guess: float | None = None,
) -> go.Figure:
    """Return `measure` ("loss" or "accuracy") of each run: a line of its minibatches, and a dashed one of its tests.

    A run, or all runs of one setting, have one colour, one marker and one name at the ends of their lines; `smoothing`
    as in `smoothed`; at most `MOST_POINTS` points a line; `mark` is the place, in epochs, of the step that is looked
    at; `top` is where the axis ends, whatever lies above; `notes` are (epoch, words) of what happened there; `guess` is
    the value of guessing.
    """
    figure = go.Figure()
    ends: dict[int, list[tuple[float, float]]] = {}
    alike = [run.setting or f"{index}" for index, run in enumerate(runs)]
    groups = list(dict.fromkeys(alike))
    for place, run in enumerate(runs):
        index, several = groups.index(alike[place]), alike.count(alike[place]) > 1
        symbol, colour = _look(index)
        train = smooth(getattr(run, f"train_{measure}"), smoothing)
        for part, x, y in (("train", run.epochs, train), ("test", run.test_epochs, getattr(run, f"test_{measure}"))):
            told = t("chart.line", run=escape_markup(run.name), part=t(f"chart.{part}"))
            kept = subsample(len(y))
            lone = part == "test" or len(y) == 1
            figure.add_scatter(
                x=[x[point] for point in kept],
                y=[y[point] for point in kept],
                name=escape_markup(run.setting or run.name),
                legendgroup=str(index),
                showlegend=False,
                mode="lines+markers" if lone else "lines",
                line={"color": colour, "dash": _DASHES[part], "width": _THIN if several else _USUAL},
                marker={"symbol": symbol, "size": 5 if several else 7},
                hovertemplate=f"%{{y:{_FORMATS[measure]}}}<extra>{told}</extra>",
            )
            if part == "test" or not len(run.test_epochs):
                ends.setdefault(index, []).extend(_last_finite(x, y))
    figure.update_layout(
        height=PLOT_HEIGHT,
        margin={"l": 0, "r": 12, "t": 8, "b": 0},
        hovermode="x",
        uirevision=f"{measure}-{log}",
    )
    if top is not None:
        figure.update_yaxes(range=[0, top])
    if guess is not None:
        figure.add_hline(
            guess,
            line={"color": "#888888", "width": 1.5, "dash": "dash"},
            annotation={"text": t("chart.guess"), "x": 0.5, "xanchor": "center", "yanchor": "bottom"},
        )
    if mark is not None:
        figure.add_vline(mark, line={"color": "#888888", "width": 1.5, "dash": "dot"})
    last = max((float(x) for line in figure.data for x in line.x), default=0.0)
    for number, (epoch, words) in enumerate(notes):
        figure.add_vline(epoch, line={"color": "#888888", "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=epoch,
            y=1 - _NOTE_STEP * (number % _NOTE_LINES),
            yref="paper",
            text=escape_markup(words),
            showarrow=False,
            xanchor="left" if epoch < last / 2 else "right",  # where the axis need not grow for it
            yanchor="top",
        )
    if len(groups) > 1:
        firsts = {index: runs[alike.index(group)] for index, group in enumerate(groups)}
        names = [
            LineName(firsts[index].setting or firsts[index].name, *_look(index), *_middle(points))
            for index, points in ends.items()
            if points
        ]
        draw_line_names(figure, names, PLOT_HEIGHT, log, top)
    figure.update_xaxes(title=t("chart.epochs"), rangemode="tozero", hoverformat=".2f")
    figure.update_yaxes(
        title=t(f"chart.{measure}"),
        type="log" if log else "linear",
        rangemode="nonnegative",
        tickformat=PERCENT_MARK if measure == "accuracy" else None,
        exponentformat="power",
    )
    if log:
        marks = log_ticks([value for line in figure.data for value in line.y])
        figure.update_yaxes(tickvals=marks, ticktext=[f"{value:g}" for value in marks])
    if not any(line.y for line in figure.data):  # Plotly's own range of an empty chart reaches from −100 to 400 %
        figure.update_xaxes(range=[0, 1])
        figure.update_yaxes(range=[0, 1])
    return figure


_DASHES = {"train": "solid", "test": "dash"}
_THIN, _USUAL = 1, 2
"""Pixels of a line of one seed among several, and of any other."""
_NOTE_STEP, _NOTE_LINES = 0.07, 4
"""Notes of neighbouring changes stand below each other: by so much of the chart's height, on so many lines."""
_FORMATS = {"loss": ".4g", "accuracy": PERCENT}


def _look(index: int) -> tuple[str, str]:
    """Return marker and colour of group number `index`; no two of the first 36 have both in common."""
    return MARKERS[(index + index // len(MARKERS)) % len(MARKERS)], COLOURS[index % len(COLOURS)]


def _last_finite(x: Sequence[float], y: Sequence[float]) -> list[tuple[float, float]]:
    """Return the last point of a line whose value is a number, in a list; an empty one where there is none."""
    return next(([(float(x[place]), float(y[place]))] for place in range(len(y) - 1, -1, -1) if isfinite(y[place])), [])


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the last place of several ends and the mean of their values."""
    return max(x for x, _ in points), sum(y for _, y in points) / len(points)


def smooth(values: Sequence[float], share: float) -> list[float]:
    """Return each value as `share` of the smoothed one before it and 1 - `share` of itself, without a pull to 0 at
    first."""
    mean, weight, found = 0.0, 0.0, []
    for value in values:
        if isfinite(value):
            mean, weight = share * mean + (1 - share) * value, share * weight + (1 - share)
        found.append(mean / weight if weight else nan)
    return found


def subsample(count: int, most: int = MOST_POINTS) -> list[int]:
    """Return at most `most` of the places 0 … `count` - 1, evenly spaced, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return [place * (count - 1) // (most - 1) for place in range(most)]


def curves_summary(runs: Sequence[RunCurves], measure: str, t: Text) -> str:
    """Describe where the lines of `learning_curves` end."""
    parts = []
    for run in runs:
        train, test = getattr(run, f"train_{measure}"), getattr(run, f"test_{measure}")
        for part, values in (("train", train), ("test", test)):
            if len(values):
                name = t("chart.line", run=run.name, part=t(f"chart.{part}"))
                parts.append(f"{name} {percent(values[-1]) if measure == 'accuracy' else format(values[-1], '.4g')}")
    return t("chart.alt", measure=t(f"chart.{measure}"), ends=t.clauses(parts) or t("chart.empty"))
