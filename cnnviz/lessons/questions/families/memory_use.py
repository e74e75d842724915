"""Generators about memory: of a layer's output, and of a network while it is trained."""

from math import prod

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import architecture
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, PageLink, Scene
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.trace.cost import FLOAT_BYTES, STATE_PER_PARAMETER

TOPIC = "questions/memory_use"
BATCHES = (16, 32, 64, 128)
LARGEST_KB = 5_000_000
WITH_STATE = ("momentum", "adam")
CLOSE = 0.01
"""Of a right response, as a share of the right value."""


def _draw_output(network: TracedNetwork, draw: Draw) -> Facts | None:
    row = network.pick(
        draw, "convolution", "max_pool", "average_pool", "batch_norm", "cat", where=lambda row: len(row.shape) == 3
    )
    batch = draw.one_of(BATCHES)
    if FLOAT_BYTES * batch * prod(row.shape) > 1000 * LARGEST_KB:
        return None
    return {
        "layer": row.name,
        "shape": row.shape,
        "values": prod(row.shape),
        "area": prod(row.shape[1:]),
        "batch": batch,
        "params": row.num_params,
        "bytes": FLOAT_BYTES,
    }


OUTPUT_MEMORY = Generator(
    name="output-memory",
    topic=TOPIC,
    draw=_draw_output,
    right=lambda f: f["batch"] * f["values"] * f["bytes"] / 1000,
    wrong={
        "batch_forgotten": lambda f: f["values"] * f["bytes"] / 1000,
        "bytes_forgotten": lambda f: f["batch"] * f["values"] / 1000,
        "channels_forgotten": lambda f: f["batch"] * f["area"] * f["bytes"] / 1000,
        "weights_for_values": lambda f: f["params"] * f["bytes"] / 1000 if f["params"] else None,
    },
    form=lambda f, _: NumberForm(tolerance=CLOSE * f["batch"] * f["values"] * f["bytes"] / 1000),
    link=architecture,
    difficulty=Difficulty(level=2, largest=LARGEST_KB),
)


def _draw_training(network: TracedNetwork, draw: Draw) -> Facts:
    """As many parameters as the network has, or as it would have at another width."""
    params = network.trace.num_trainable
    if params < 1000 or network.layer:
        raise NotApplicable("question_none", network=network.title)
    optimizer = draw.one_of(WITH_STATE)
    return {
        "layer": "",
        "params": params,
        "optimizer": Sentence(TOPIC, optimizer),
        "state": STATE_PER_PARAMETER[optimizer],
        "bytes": FLOAT_BYTES,
        "held": 2 + STATE_PER_PARAMETER[optimizer],
    }


def _megabytes(facts: Facts, numbers: int) -> float:
    return round(numbers * facts["bytes"] * facts["params"] / 1e6, 4)


TRAINING_MEMORY = Generator(
    name="training-memory",
    topic=TOPIC,
    draw=_draw_training,
    right=lambda f: _megabytes(f, f["held"]),
    wrong={
        "weights_only": lambda f: _megabytes(f, 1),
        "optimizer_state_forgotten": lambda f: _megabytes(f, 2),
        "gradients_forgotten": lambda f: _megabytes(f, 1 + f["state"]),
    },
    form=lambda f, _: NumberForm(tolerance=CLOSE * _megabytes(f, f["held"])),
    link=lambda f: PageLink("architectures"),
    scene=lambda f: Scene(),
    difficulty=Difficulty(level=2, largest=10_000),
)

GENERATORS = (OUTPUT_MEMORY, TRAINING_MEMORY)
