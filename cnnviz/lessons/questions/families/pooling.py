"""Generators about pooling: the values that it gives."""

from collections.abc import Callable, Sequence

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import FillForm, Response
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

GENERATORS = (POOL_OUTPUTS,)
