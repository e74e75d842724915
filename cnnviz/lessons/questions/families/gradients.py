"""Generators about gradients: what passes back through ReLU and pooling, and what a weight's gradient sums."""

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.families.parameters import convolution_facts, is_plain_convolution
from cnnviz.lessons.questions.forms import FillForm, Grid, NumberForm, Response
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import walkthrough
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import Facts, Scene, ShownGrid
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.lessons.questions.square_window import has_square_window, window_of
from cnnviz.trace.record import LayerRecord

TOPIC = "questions/gradients"
ROWS, COLUMNS = 2, 3
LARGEST_KERNEL = 3


def _tenths(draw: Draw, low: int, high: int) -> float:
    """Return a number with one digit after the point, never 0."""
    drawn = draw.between(low, high - 1)
    return (drawn + (drawn >= 0)) / 10


def _draw_relu(network: TracedNetwork, draw: Draw) -> Facts | None:
    row = network.pick(draw, "relu")
    values = tuple(tuple(_tenths(draw, -30, 30) for _ in range(COLUMNS)) for _ in range(ROWS))
    gradients = tuple(tuple(_tenths(draw, -20, 20) for _ in range(COLUMNS)) for _ in range(ROWS))
    positive = sum(value > 0 for line in values for value in line)
    if not 2 <= positive <= 4 or len({gradient > 0 for line in gradients for gradient in line}) < 2:
        return None
    return {"layer": row.name, "values": values, "gradients": gradients, "positive": positive}


def _each(facts: Facts, of: object) -> Response:
    return tuple(
        tuple(round(of(value, gradient), 4) + 0.0 for value, gradient in zip(*lines, strict=True))  # type: ignore[operator]
        for lines in zip(facts["values"], facts["gradients"], strict=True)
    )


RELU_GRADIENT = Generator(
    name="relu-gradient",
    topic=TOPIC,
    draw=_draw_relu,
    right=lambda f: _each(f, lambda value, gradient: gradient if value > 0 else 0.0),
    wrong={
        "gradient_passes_everywhere": lambda f: f["gradients"],
        "gradient_times_value": lambda f: _each(f, lambda value, gradient: max(0.0, value) * gradient),
        "gradient_sign_used": lambda f: _each(f, lambda value, gradient: max(0.0, gradient)),
    },
    form=lambda f, _: FillForm(((None,) * COLUMNS,) * ROWS),
    link=walkthrough,
    scene=lambda f: Scene(
        layer=f["layer"],
        grids=(
            ShownGrid(Sentence(TOPIC, "read", {"layer": f["layer"]}), f["values"]),
            ShownGrid(Sentence(TOPIC, "behind", {"layer": f["layer"]}), f["gradients"]),
        ),
    ),
    difficulty=Difficulty(level=1, cells=2 * ROWS * COLUMNS),
)


def _is_small(row: LayerRecord) -> bool:
    return has_square_window(row) and window_of(row).kernel <= LARGEST_KERNEL


def _draw_pool(network: TracedNetwork, draw: Draw) -> Facts | None:
    row = network.pick(draw, "max_pool", "average_pool", where=_is_small)
    side = window_of(row).kernel
    values = tuple(tuple(_tenths(draw, -20, 60) for _ in range(side)) for _ in range(side))
    flat = [value for line in values for value in line]
    if len(set(flat)) < len(flat):
        return None
    return {
        "layer": row.name,
        "values": values,
        "gradient": draw.one_of((1.8, 3.6, -1.8, 7.2)),
        "maximum": int(row.operation == "max_pool"),
        "kind": Sentence("questions/pooling", row.operation),
        "count": side * side,
        "largest": max(flat),
        "rule": Sentence(TOPIC, f"pool_rule.{row.operation}", {"count": side * side, "largest": max(flat)}),
    }


def _to_winner(facts: Facts) -> Response:
    return tuple(
        tuple(facts["gradient"] if value == facts["largest"] else 0.0 for value in line) for line in facts["values"]
    )


def _to_all(facts: Facts, gradient: float) -> Response:
    return tuple((round(gradient, 4),) * len(line) for line in facts["values"])


def _empty(facts: Facts) -> Grid:
    return tuple((None,) * len(line) for line in facts["values"])


POOL_GRADIENT = Generator(
    name="pool-gradient",
    topic=TOPIC,
    draw=_draw_pool,
    right=lambda f: _to_winner(f) if f["maximum"] else _to_all(f, f["gradient"] / f["count"]),
    wrong={
        "gradient_to_all": lambda f: _to_all(f, f["gradient"]),
        "gradient_shared": lambda f: _to_all(f, f["gradient"] / f["count"]) if f["maximum"] else None,
        "gradient_to_winner": lambda f: None if f["maximum"] else _to_winner(f),
    },
    form=lambda f, _: FillForm(_empty(f)),
    link=walkthrough,
    scene=lambda f: Scene(
        layer=f["layer"], grids=(ShownGrid(Sentence(TOPIC, "read", {"layer": f["layer"]}), f["values"]),)
    ),
    difficulty=Difficulty(level=1, cells=LARGEST_KERNEL**2),
)


def _draw_positions(network: TracedNetwork, draw: Draw) -> Facts:
    row = network.pick(draw, "convolution", where=is_plain_convolution)
    facts = convolution_facts(row)
    return {**facts, "in_height": row.input_shapes[0][1], "in_width": row.input_shapes[0][2]}


WEIGHT_GRADIENT = Generator(
    name="weight-gradient",
    topic=TOPIC,
    draw=_draw_positions,
    right=lambda f: f["height"] * f["width"],
    wrong={
        "gradient_from_one_position": lambda f: 1,
        "input_size_used": lambda f: f["in_height"] * f["in_width"],
        "window_for_map": lambda f: f["taps"],
        "all_channels_counted": lambda f: f["c_out"] * f["height"] * f["width"],
    },
    form=lambda f, _: NumberForm(),
    link=walkthrough,
    difficulty=Difficulty(level=2, largest=100_000),
)

GENERATORS = (RELU_GRADIENT, POOL_GRADIENT, WEIGHT_GRADIENT)
