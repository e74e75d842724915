"""Generators about pooling: the values that it gives."""

from collections.abc import Callable, Sequence

from torch import Tensor

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import CellForm, FillForm, NumberForm, Response
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import walkthrough
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import Facts, Scene, ShownGrid
from cnnviz.lessons.questions.rounding import steady_values
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.lessons.questions.square_window import has_square_window, window_of
from cnnviz.trace.record import LayerRecord

TOPIC = "questions/pooling"
POOLS = ("max_pool", "average_pool")
OUTPUTS = 2
"""Values on a side that are asked for."""
LARGEST_KERNEL = 3
LARGEST_MAP = 64


def _has_room(row: LayerRecord) -> bool:
    return has_square_window(row) and window_of(row).kernel <= LARGEST_KERNEL and min(row.shape[1:]) > OUTPUTS


def _draw_outputs(network: TracedNetwork, draw: Draw) -> Facts | None:
    """Two by two neighbouring values of one channel away from the padding, and all that their windows read."""
    values = network.values()
    row = network.pick(draw, *POOLS, where=_has_room)
    window = window_of(row)
    channel = draw.below(row.shape[0])
    first = [draw.between(1, side - OUTPUTS) for side in row.shape[1:]]
    reach = max(window.stride, window.kernel) + window.kernel
    top, left = (at * window.stride - window.padding for at in first)
    plane = values.inputs(row.name)[0][0, channel, top : top + reach, left : left + reach]
    patch = steady_values(plane, 2)
    if tuple(plane.shape) != (reach, reach) or patch is None or len({v for line in patch for v in line}) < 5:
        return None
    return {
        "layer": row.name,
        "reads": row.inputs[0],
        "unit": (channel, *first),
        "channel": channel,
        "patch": patch,
        "kernel": (window.kernel,) * 2,
        "k": window.kernel,
        "s": window.stride,
        "maximum": int(row.operation == "max_pool"),
        "kind": Sentence(TOPIC, row.operation),
    }


def pooled(facts: Facts, of: Callable[[Sequence[float]], float], stride: int) -> Response:
    """Return the two by two values that `of` gives of the windows of a patch."""
    patch, kernel = facts["patch"], facts["k"]
    return tuple(
        tuple(round(of([patch[y + i][x + j] for i in range(kernel) for j in range(kernel)]), 4) for x in (0, stride))
        for y in (0, stride)
    )


def mean(values: Sequence[float]) -> float:
    """Return the mean."""
    return sum(values) / len(values)


POOL_OUTPUTS = Generator(
    name="pool-outputs",
    topic=TOPIC,
    draw=_draw_outputs,
    right=lambda f: pooled(f, max if f["maximum"] else mean, f["s"]),
    wrong={
        "mean_for_max": lambda f: pooled(f, mean, f["s"]) if f["maximum"] else None,
        "max_for_mean": lambda f: None if f["maximum"] else pooled(f, max, f["s"]),
        "window_summed": lambda f: pooled(f, sum, f["s"]),
        "stride_forgotten": lambda f: pooled(f, max if f["maximum"] else mean, 1),
        "stride_is_kernel": lambda f: pooled(f, max if f["maximum"] else mean, f["k"]),
    },
    form=lambda f, _: FillForm(((None,) * OUTPUTS,) * OUTPUTS, tolerance=0.006),
    link=walkthrough,
    scene=lambda f: Scene(
        layer=f["layer"],
        unit=f["unit"],
        grids=(ShownGrid(Sentence(TOPIC, "patch", {"reads": f["reads"], "channel": f["channel"]}), f["patch"]),),
    ),
    difficulty=Difficulty(level=1, largest=10_000, cells=36),
    needs_image=True,
)


MARGIN = 1e-3
"""By which a largest value exceeds the next: processors differ in the last bits."""


def _winner(plane: Tensor, top: int, left: int, kernel: int) -> tuple[int, int] | None:
    """Return the place on the map of a window's largest value; None where it is not inside, or has a rival."""
    if min(top, left) < 0 or top + kernel > plane.shape[0] or left + kernel > plane.shape[1]:
        return None
    values = plane[top : top + kernel, left : left + kernel].flatten()
    first, second = values.topk(2).values.tolist()
    if first - second < MARGIN:
        return None
    row, column = divmod(int(values.argmax()), kernel)
    return top + row, left + column


def _is_clickable(row: LayerRecord) -> bool:
    return has_square_window(row) and max(row.input_shapes[0][1:]) <= LARGEST_MAP and min(row.shape[1:]) > 1


def _draw_winner(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A unit of max pooling, and the winners of the windows that wrong procedures look into."""
    values = network.values()
    row = network.pick(draw, "max_pool", where=_is_clickable)
    window = window_of(row)
    unit = tuple(draw.below(side) for side in row.shape)
    plane = values.inputs(row.name)[0][0, unit[0]].double()
    k, s, p = window.kernel, window.stride, window.padding
    corners = {
        "right": (unit[1] * s - p, unit[2] * s - p),
        "stride_forgotten": (unit[1] - p, unit[2] - p),
        "stride_is_kernel": (unit[1] * k - p, unit[2] * k - p),
        "padding_forgotten": (unit[1] * s, unit[2] * s),
        "rows_and_columns_swapped": (unit[2] * s - p, unit[1] * s - p),
    }
    winners = {name: _winner(plane, *corner, k) for name, corner in corners.items()}
    if winners["right"] is None:
        return None
    return {
        "layer": row.name,
        "reads": row.inputs[0],
        "unit": unit,
        "channel": unit[0],
        "row": unit[1],
        "column": unit[2],
        "kernel": (k, k),
        "k": k,
        "s": s,
        "p": p,
        "top": corners["right"][0],
        "left": corners["right"][1],
        "winners": winners,
        "height": plane.shape[0],
        "width": plane.shape[1],
    }


POOL_WINNER = Generator(
    name="pool-winner",
    topic=TOPIC,
    draw=_draw_winner,
    right=lambda f: f["winners"]["right"],
    wrong={
        "stride_forgotten": lambda f: f["winners"]["stride_forgotten"],
        "stride_is_kernel": lambda f: f["winners"]["stride_is_kernel"],
        "padding_forgotten": lambda f: f["winners"]["padding_forgotten"],
        "rows_and_columns_swapped": lambda f: f["winners"]["rows_and_columns_swapped"],
    },
    form=lambda f, _: CellForm(f["reads"], f["height"], f["width"], channel=f["channel"]),
    link=walkthrough,
    scene=lambda f: Scene(layer=f["layer"], unit=f["unit"]),
    difficulty=Difficulty(level=2),
    least=1,
    needs_image=True,
)


def _draw_padded(network: TracedNetwork, draw: Draw) -> Facts | None:
    """The first window of a padded max pool over negative values."""
    row = network.pick(draw, "max_pool", where=lambda row: has_square_window(row) and window_of(row).padding > 0)
    window = window_of(row)
    inside = window.kernel - window.padding
    values = tuple(tuple(-draw.between(1, 99) / 10 for _ in range(inside)) for _ in range(inside))
    flat = [value for line in values for value in line]
    if len(set(flat)) < len(flat):
        return None
    return {
        "layer": row.name,
        "kernel": (window.kernel,) * 2,
        "p": window.padding,
        "values": values,
        "largest": max(flat),
        "smallest": min(flat),
        "mean": round(mean(flat), 4),
        "count": len(flat),
    }


PADDED_MAXIMUM = Generator(
    name="padded-maximum",
    topic=TOPIC,
    draw=_draw_padded,
    right=lambda f: f["largest"],
    wrong={
        "padding_is_zero": lambda f: 0,
        "mean_for_max": lambda f: f["mean"],
        "largest_without_sign": lambda f: f["smallest"],
    },
    form=lambda f, _: NumberForm(tolerance=0.01),
    link=walkthrough,
    scene=lambda f: Scene(layer=f["layer"], grids=(ShownGrid(Sentence(TOPIC, "inside"), f["values"]),)),
    difficulty=Difficulty(level=1, largest=10, cells=9),
)

GENERATORS = (POOL_OUTPUTS, POOL_WINNER, PADDED_MAXIMUM)
