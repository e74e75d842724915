"""Generators about the number of a layer's parameters."""

from math import prod

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import architecture
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import Facts
from cnnviz.trace.record import LayerRecord

MOST_PARAMETERS = 5_000_000


def convolution_facts(row: LayerRecord) -> Facts:
    """Return the sizes of a convolution of two dimensions: channels, kernel, groups, and 1 where it has a bias."""
    settings = row.settings
    return {
        "layer": row.name,
        "c_in": settings["in_channels"],
        "c_out": settings["out_channels"],
        "k": tuple(settings["kernel_size"]),
        "taps": prod(settings["kernel_size"]),
        "groups": settings["groups"],
        "per_group": settings["in_channels"] // settings["groups"],
        "bias": int(len(row.param_shapes) > 1),
        "height": row.shape[1],
        "width": row.shape[2],
    }


def is_plain_convolution(row: LayerRecord) -> bool:
    """Return whether a row is a convolution of a map whose weights are counted there."""
    counted = row.num_params == sum(prod(shape) for shape in row.param_shapes)
    weights = row.param_shapes[0] if row.param_shapes else ()
    return row.operation == "convolution" and len(row.shape) == 3 and len(weights) == 4 and counted


def _draw_convolution(network: TracedNetwork, draw: Draw) -> Facts:
    row = network.pick(
        draw, "convolution", where=lambda row: is_plain_convolution(row) and row.num_params <= MOST_PARAMETERS
    )
    facts = convolution_facts(row)
    weights = facts["c_out"] * facts["per_group"] * facts["taps"]
    return {**facts, "weights": weights, "biases": facts["bias"] * facts["c_out"]}


CONVOLUTION_PARAMETERS = Generator(
    name="convolution-parameters",
    topic="questions/parameters",
    draw=_draw_convolution,
    right=lambda f: f["weights"] + f["biases"],
    wrong={
        "kernel_depth_forgotten": lambda f: f["c_out"] * f["taps"] + f["biases"],
        "groups_ignored": lambda f: f["c_out"] * f["c_in"] * f["taps"] + f["biases"],
        "bias_forgotten": lambda f: f["weights"],
        "bias_imagined": lambda f: None if f["bias"] else f["weights"] + f["c_out"],
        "one_bias": lambda f: f["weights"] + 1 if f["bias"] else None,
        "one_kernel": lambda f: f["per_group"] * f["taps"] + f["bias"],
        "weights_per_position": lambda f: f["weights"] * f["height"] * f["width"] + f["biases"],
    },
    form=lambda f, _: NumberForm(),
    link=architecture,
    difficulty=Difficulty(level=2, largest=MOST_PARAMETERS),
)


def _draw_dense(network: TracedNetwork, draw: Draw) -> Facts:
    row = network.pick(
        draw, "linear", where=lambda row: 0 < row.num_params <= MOST_PARAMETERS and len(row.param_shapes[0]) == 2
    )
    shape = _flattened_map(network, row)
    return {
        "layer": row.name,
        "inputs": row.settings["in_features"],
        "outputs": row.settings["out_features"],
        "bias": int(len(row.param_shapes) > 1),
        "map": shape,
        "channels": shape[0],
        "weights": row.settings["in_features"] * row.settings["out_features"],
    }


def _flattened_map(network: TracedNetwork, row: LayerRecord) -> tuple[int, ...]:
    """Return the shape of the map that was flattened for a dense layer, or that of the vector that it reads."""
    (name, *more), shape = row.inputs or ("input",), row.input_shapes[0]
    if not more and name != "input" and network.trace[name].operation == "view":
        before = network.trace[name].input_shapes[0]
        if prod(before) == prod(shape):
            return before
    return shape


DENSE_PARAMETERS = Generator(
    name="dense-parameters",
    topic="questions/parameters",
    draw=_draw_dense,
    right=lambda f: f["weights"] + f["bias"] * f["outputs"],
    wrong={
        "bias_forgotten": lambda f: f["weights"],
        "bias_imagined": lambda f: None if f["bias"] else f["weights"] + f["outputs"],
        "one_bias": lambda f: f["weights"] + 1 if f["bias"] else None,
        "map_size_forgotten": lambda f: f["channels"] * f["outputs"] + f["bias"] * f["outputs"],
        "sizes_added": lambda f: f["inputs"] + f["outputs"],
    },
    form=lambda f, _: NumberForm(),
    link=architecture,
    difficulty=Difficulty(level=2, largest=MOST_PARAMETERS),
)


def _draw_unlearned(network: TracedNetwork, draw: Draw) -> Facts:
    operations = ("max_pool", "average_pool", "adaptive_average_pool", "relu", "relu6", "sigmoid", "tanh", "dropout")
    row = network.pick(draw, *operations, where=lambda row: len(row.shape) == 3 and not row.num_params)
    window = prod(row.settings.get("kernel_size", (1, 1)))
    return {
        "layer": row.name,
        "kind": row.kind,
        "channels": row.input_shapes[0][0],
        "shape": row.shape,
        "values": prod(row.shape),
        "window": window,
        "weights": window * row.input_shapes[0][0],
    }


UNLEARNED = Generator(
    name="layer-without-parameters",
    topic="questions/parameters",
    draw=_draw_unlearned,
    right=lambda f: 0,
    wrong={
        "window_learned": lambda f: f["weights"] if f["window"] > 1 else None,
        "one_parameter_per_channel": lambda f: f["channels"],
        "one_parameter_per_value": lambda f: f["values"],
    },
    form=lambda f, _: NumberForm(),
    link=architecture,
    difficulty=Difficulty(level=1),
)

GENERATORS = (CONVOLUTION_PARAMETERS, DENSE_PARAMETERS, UNLEARNED)
