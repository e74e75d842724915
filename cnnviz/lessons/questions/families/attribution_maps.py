"""Generators about attribution maps: what a value says, how it is computed, what all of them add up to."""

from itertools import product

from torch import Tensor

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.explained_network import (
    GRADIENT,
    INPUT_GRADIENT,
    OCCLUSION,
    SHARES,
    attribution_map,
    class_name,
    class_scores,
    explained_module,
    method_title,
    saliency_link,
    shown_map,
)
from cnnviz.lessons.questions.forms import FillForm, Grid, NumberForm, Response
from cnnviz.lessons.questions.generator import Difficulty, Generator, by_value
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, Scene, ShownGrid
from cnnviz.lessons.questions.rounding import steady, steady_values
from cnnviz.lessons.questions.sentence import Sentence

TOPIC = "questions/attribution_maps"
CHANGES = (0.1, 0.2, -0.1, -0.2)
"""Of one pixel, as the network reads it."""
SIDE = 3
"""Pixels of a window."""
LEAST_GRADIENT, LEAST_VALUE, LEAST_SCORE = 0.2, 0.02, 0.05
CLOSE = 0.03
"""The completeness error of a map that is drawn: on a deep network few steps do not add up."""
READINGS = {GRADIENT: "slope", SHARES: "share", OCCLUSION: "covering"}
"""The meaning of a value, by method."""


def _map_of(facts: Facts) -> Sentence:
    return Sentence(TOPIC, "map", {"method": facts["method"], "class": facts["class"]})


def _draw_change(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A pixel, the gradient of the predicted class's score there, and a change of the pixel."""
    own, _ = class_scores(network)
    target = int(own.argmax())
    gradient = attribution_map(network, GRADIENT, target).values
    _, height, width = network.trace.input_shape
    row, column = draw.below(height), draw.below(width)
    slope, value = (
        steady(float(gradient[0, row, column]), 2),
        steady(float(explained_module(network)[1][0, 0, row, column]), 2),
    )
    if slope is None or value is None or abs(slope) < LEAST_GRADIENT:
        return None
    return {
        "class": class_name(network, target),
        "method": method_title(GRADIENT),
        "row": row,
        "column": column,
        "slope": slope,
        "value": value,
        "change": draw.one_of(CHANGES),
        "maps": {"each": (gradient,)},
    }


GRADIENT_CHANGE = Generator(
    name="gradient-change",
    topic=TOPIC,
    draw=_draw_change,
    right=lambda f: round(f["slope"] * f["change"], 4),
    wrong={
        "slope_for_value": lambda f: f["slope"],
        "gradient_times_value": lambda f: round(f["slope"] * f["value"], 4),
        "sign_forgotten": lambda f: abs(round(f["slope"] * f["change"], 4)),
        "added_for_multiplied": lambda f: round(f["slope"] + f["change"], 4),
    },
    form=lambda f, _: NumberForm(tolerance=0.005),
    link=lambda f: saliency_link(GRADIENT),
    scene=lambda f: Scene(maps=(shown_map(_map_of(f), f["maps"]["each"][0]),)),
    difficulty=Difficulty(level=1, largest=100),
    needs_image=True,
)


def _draw_completeness(network: TracedNetwork, draw: Draw) -> Facts | None:
    """The score of a class for the image, and for an image of zeros."""
    own, black = class_scores(network)
    target = draw.one_of(own.argsort(descending=True)[:2].tolist())
    score, baseline = steady(float(own[target]), 2), steady(float(black[target]), 2)
    if score is None or baseline is None or abs(baseline) < LEAST_SCORE or abs(score) < LEAST_SCORE:
        return None
    found = attribution_map(network, SHARES, target)
    assert found.completeness is not None
    exact = found.completeness.within(CLOSE, LEAST_SCORE)
    return {
        "class": class_name(network, target),
        "method": method_title(SHARES),
        "score": score,
        "baseline": baseline,
        "target": target,
        "maps": {"each": (found.values,) if exact else ()},
    }


COMPLETENESS = Generator(
    name="completeness",
    topic=TOPIC,
    draw=_draw_completeness,
    right=lambda f: round(f["score"] - f["baseline"], 2),
    wrong={
        "baseline_forgotten": lambda f: f["score"],
        "baseline_added": lambda f: round(f["score"] + f["baseline"], 2),
        "shares_sum_to_one": lambda f: 1.0,
    },
    form=lambda f, _: NumberForm(tolerance=0.01),
    link=lambda f: saliency_link(SHARES, trust="completeness"),
    scene=lambda f: Scene(maps=tuple(shown_map(_map_of(f), values) for values in f["maps"]["each"])),
    difficulty=Difficulty(level=1, largest=200),
    needs_image=True,
)


def _draw_products(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A window of the image with a dark and a bright pixel in its last row, and the gradient there."""
    own, _ = class_scores(network)
    target = int(own.argmax())
    gradient, image = attribution_map(network, GRADIENT, target).values, explained_module(network)[1][0]
    windows = network.once("windows", lambda: _windows(image[0]))
    if not windows:
        raise NotApplicable("question_none", network=network.title)
    row, column = draw.one_of(windows)
    window = (0, slice(row, row + SIDE), slice(column, column + SIDE))
    slopes, pixels = steady_values(gradient[window], 2), steady_values(image[window], 2)
    if slopes is None or pixels is None:
        return None
    if max(abs(slope * pixel) for slope, pixel in zip(slopes[-1], pixels[-1], strict=True)) < LEAST_SCORE:
        return None
    return {
        "class": class_name(network, target),
        "row": row,
        "column": column,
        "slopes": slopes,
        "pixels": pixels,
    }


def _windows(plane: Tensor) -> list[tuple[int, int]]:
    """Return the first row and column of each window whose last row has a dark and a bright pixel."""
    height, width = plane.shape
    lines = plane.abs().unfold(1, SIDE, 1)[SIDE - 1 :]
    found = (lines.amin(-1) < LEAST_VALUE) & (lines.amax(-1) > LEAST_GRADIENT)
    return [
        (row, column)
        for row, column in product(range(height - SIDE + 1), range(width - SIDE + 1))
        if found[row, column]
    ]


def _products(facts: Facts) -> Grid:
    return tuple(
        tuple(round(slope * pixel, 4) + 0.0 for slope, pixel in zip(*lines, strict=True))
        for lines in zip(facts["slopes"], facts["pixels"], strict=True)
    )


def _with_last_row(facts: Facts, line: Response) -> Response:
    return (*_products(facts)[:-1], tuple(line))


INPUT_TIMES_GRADIENT = Generator(
    name="input-times-gradient",
    topic=TOPIC,
    draw=_draw_products,
    right=_products,
    wrong={
        "gradient_alone": lambda f: _with_last_row(f, f["slopes"][-1]),
        "absolute_value": lambda f: _with_last_row(f, map(abs, _products(f)[-1])),  # type: ignore[arg-type]
        "input_alone": lambda f: _with_last_row(f, f["pixels"][-1]),
    },
    form=lambda f, _: FillForm((*_products(f)[:-1], (None,) * SIDE)),
    link=lambda f: saliency_link(INPUT_GRADIENT),
    scene=lambda f: Scene(
        grids=(
            ShownGrid(Sentence(TOPIC, "pixels"), f["pixels"]),
            ShownGrid(Sentence(TOPIC, "slopes", {"class": f["class"]}), f["slopes"]),
        ),
    ),
    difficulty=Difficulty(level=2, largest=100, cells=2 * SIDE * SIDE),
    needs_image=True,
)


def _draw_value(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A method, and a pixel's value in its map of the predicted class."""
    own, _ = class_scores(network)
    target = int(own.argmax())
    method = draw.one_of(tuple(READINGS))
    values = attribution_map(network, method, target).values
    _, height, width = network.trace.input_shape
    row, column = draw.below(height), draw.below(width)
    value = steady(float(values[0, row, column]), 2)
    if value is None or abs(value) < LEAST_VALUE:
        return None
    return {
        "class": class_name(network, target),
        "named": method,
        "method": method_title(method),
        "row": row,
        "column": column,
        "value": value,
        "maps": {"each": (values,)},
    }


MAP_VALUE = Generator(
    name="map-value",
    topic=TOPIC,
    draw=_draw_value,
    right=lambda f: READINGS[f["named"]],
    wrong={
        "read_as_slope": lambda f: "slope",
        "read_as_share": lambda f: "share",
        "read_as_covering": lambda f: "covering",
        "read_as_probability": lambda f: "probability",
    },
    form=lambda f, values: by_value(
        values, lambda name: Sentence(TOPIC, f"reading.{name}", {"value": f["value"], "class": f["class"]})
    ),
    link=lambda f: saliency_link(f["named"]),
    scene=lambda f: Scene(maps=(shown_map(_map_of(f), f["maps"]["each"][0]),)),
    difficulty=Difficulty(level=2),
    needs_image=True,
)

GENERATORS = (GRADIENT_CHANGE, INPUT_TIMES_GRADIENT, MAP_VALUE, COMPLETENESS)
