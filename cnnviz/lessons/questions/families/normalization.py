"""Generators about batch normalization: its parameters, and one value in training and in prediction."""

from math import sqrt
from typing import Any

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.families.parameters import is_plain_convolution
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import architecture, bench, walkthrough
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, Scene
from cnnviz.lessons.questions.rounding import steady
from cnnviz.trace.record import LayerRecord

TOPIC = "questions/normalization"
DIGITS = 3
SMALLEST_VARIANCE = 0.01
HALVES = (-1.5, -1, -0.5, 0.5, 1, 1.5)
SCALES = (0.5, 1.5, 2, 2.5)
SPREADS = ((1, 7, 5), (7, 17, 13), (2, 14, 10), (7, 23, 17))
"""a, b and the standard deviation of m − a, m + a, m − b, m + b: √((a² + b²)/2)."""


def _has_scale(row: LayerRecord) -> bool:
    return row.num_params > 0 and row.num_params == sum(side for shape in row.param_shapes for side in shape) > 0


def _draw_parameters(network: TracedNetwork, draw: Draw) -> Facts:
    row = network.pick(draw, "batch_norm", where=_has_scale)
    values = 1
    for side in row.shape[1:]:
        values *= side
    return {"layer": row.name, "channels": row.shape[0], "shape": row.shape, "values": values}


NORM_PARAMETERS = Generator(
    name="norm-parameters",
    topic=TOPIC,
    draw=_draw_parameters,
    right=lambda f: 2 * f["channels"],
    wrong={
        "one_scale_for_all": lambda f: 2,
        "averages_counted": lambda f: 4 * f["channels"],
        "scale_per_value": lambda f: 2 * f["channels"] * f["values"],
        "shift_forgotten": lambda f: f["channels"],
    },
    form=lambda f, _: NumberForm(),
    link=architecture,
    difficulty=Difficulty(level=1, largest=10_000),
)


def _draw_training(network: TracedNetwork, draw: Draw) -> Facts | None:
    """Four values with a whole mean and standard deviation, and moving averages of others."""
    row = network.pick(draw, "batch_norm")
    near, far, deviation = draw.one_of(SPREADS)
    mean = draw.between(1, 9)
    values = draw.shuffled((mean - near, mean + near, mean - far, mean + far))
    return {
        "layer": row.name,
        "batch": [str(value).replace("-", "−") for value in values],
        "x": values[0],
        "mean": mean,
        "variance": deviation**2,
        "deviation": deviation,
        "moving_mean": mean + draw.one_of((-2, 2, 3)),
        "moving_variance": draw.one_of((4, 9, 16, 36)),
        "gamma": draw.one_of(SCALES),
        "beta": draw.one_of(HALVES),
    }


def _normalized(facts: Facts, mean: float, deviation: float) -> float:
    return round((facts["x"] - mean) / deviation * facts["gamma"] + facts["beta"], 4)


NORM_TRAINING = Generator(
    name="norm-training",
    topic=TOPIC,
    draw=_draw_training,
    right=lambda f: _normalized(f, f["mean"], f["deviation"]),
    wrong={
        "averages_in_training": lambda f: _normalized(f, f["moving_mean"], sqrt(f["moving_variance"])),
        "root_forgotten": lambda f: _normalized(f, f["mean"], f["variance"]),
        "scale_and_shift_forgotten": lambda f: round((f["x"] - f["mean"]) / f["deviation"], 4),
        "unbiased_variance": lambda f: _normalized(f, f["mean"], sqrt(f["variance"] * 4 / 3)),
    },
    form=lambda f, _: NumberForm(tolerance=0.01),
    link=lambda f: bench("batch_norm"),
    difficulty=Difficulty(level=3, largest=10),
)


def _draw_prediction(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A real value with the layer's own numbers, and the mean and variance of its map on this image."""
    values = network.values()
    row = network.pick(draw, "batch_norm", where=_has_scale)
    module: Any = values.module(row.name)
    if module is None or len(row.param_shapes) != 2:
        raise NotApplicable("question_none", network=network.title)
    unit = tuple(draw.below(side) for side in row.shape)
    channel = unit[0]
    plane = values.inputs(row.name)[0][0, channel].double()
    numbers = {
        "x": plane[unit[1:]].item() if len(unit) > 1 else plane.item(),
        "mean": plane.mean().item(),
        "variance": plane.var(correction=0).item(),
        "moving_mean": module.running_mean[channel].item(),
        "moving_variance": module.running_var[channel].item(),
        "gamma": module.weight[channel].item(),
        "beta": module.bias[channel].item(),
    }
    rounded = {name: steady(number, DIGITS) for name, number in numbers.items()}
    said = {name: number for name, number in rounded.items() if number is not None}
    if len(said) < len(rounded) or min(said["variance"], said["moving_variance"]) < SMALLEST_VARIANCE:
        return None
    return {"layer": row.name, "unit": unit, "channel": channel, **said}


NORM_PREDICTION = Generator(
    name="norm-prediction",
    topic=TOPIC,
    draw=_draw_prediction,
    right=lambda f: _normalized(f, f["moving_mean"], sqrt(f["moving_variance"])),
    wrong={
        "batch_in_prediction": lambda f: _normalized(f, f["mean"], sqrt(f["variance"])),
        "root_forgotten": lambda f: _normalized(f, f["moving_mean"], f["moving_variance"]),
        "scale_and_shift_forgotten": lambda f: round((f["x"] - f["moving_mean"]) / sqrt(f["moving_variance"]), 4),
    },
    form=lambda f, _: NumberForm(tolerance=0.02),
    link=walkthrough,
    scene=lambda f: Scene(layer=f["layer"], unit=f["unit"]),
    difficulty=Difficulty(level=3, largest=200),
    needs_image=True,
)


def _draw_bias(network: TracedNetwork, draw: Draw) -> Facts:
    def follows_convolution(row: LayerRecord) -> bool:
        before = [name for name in row.inputs if name != "input"]
        return bool(before) and is_plain_convolution(network.trace[before[0]])

    row = network.pick(draw, "batch_norm", where=follows_convolution)
    return {
        "layer": row.name,
        "conv": row.inputs[0],
        "change": draw.one_of((0.5, 1.5, 2, 3)),
        "gamma": draw.one_of(SCALES),
        "deviation": draw.one_of((2, 4, 5)),
    }


BIAS_BEFORE_NORM = Generator(
    name="bias-before-norm",
    topic=TOPIC,
    draw=_draw_bias,
    right=lambda f: 0,
    wrong={
        "bias_passes_norm": lambda f: f["change"],
        "bias_scaled_by_norm": lambda f: round(f["gamma"] * f["change"] / f["deviation"], 4),
    },
    form=lambda f, _: NumberForm(tolerance=0.01),
    link=walkthrough,
    difficulty=Difficulty(level=1),
)

GENERATORS = (NORM_PARAMETERS, NORM_TRAINING, NORM_PREDICTION, BIAS_BEFORE_NORM)
