"""Generators about recorded trainings: when to stop, which activation function it was, what a difference is worth."""

from functools import cache
from itertools import pairwise

from cnnviz.data.datasets import dataset
from cnnviz.facts.recorded_experiment import load_recording
from cnnviz.lessons.lesson_network import network_title
from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator, by_value
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, PageLink, Scene, ShownCurve
from cnnviz.lessons.questions.recorded_curves import recorded_overfitting
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.models import ModelSpec

TOPIC = "questions/training_curves"
LETTERS = "ABC"
DATASET = "digits"
"""Of the recorded experiment."""
FEWEST_EPOCHS = 15
BY_SPEED = ("tanh", "relu", "sigmoid")
"""The activation functions of the recorded experiment, the one whose test loss falls first in front."""
NEWEST_FIRST = ("relu", "tanh", "sigmoid")
SATURATING_LAST = ("relu", "sigmoid", "tanh")
RELU_LAST = ("sigmoid", "tanh", "relu")
AFTERWARDS = 3
"""Epochs that are shown after the best one, at least."""
LEAST_IMAGES = 2
"""Between two accuracies that are compared."""


def _check_whole(network: TracedNetwork) -> None:
    if network.layer or not network.trace.num_trainable:
        raise NotApplicable("question_none", network=network.title)


@cache
def _titles() -> tuple[str, ...]:
    """Return the title of the network of each recorded training on few images."""
    return tuple(network_title(ModelSpec.of(one.network, dict(one.options))) for one in recorded_overfitting())


def _draw_stop(network: TracedNetwork, draw: Draw) -> Facts | None:
    """The first epochs of a training on few images: of this network where one was recorded, else of another."""
    _check_whole(network)
    trainings = recorded_overfitting()
    titles = _titles()
    own = [at for at, title in enumerate(titles) if title == network.title]
    at = draw.one_of(own or [at for at, title in enumerate(titles) if title == titles[0]])
    one = trainings[at]
    epochs = draw.between(FEWEST_EPOCHS, len(one.test_loss))
    best = min(range(epochs), key=one.test_loss.__getitem__)
    if best + AFTERWARDS >= epochs:
        return None
    return {
        "trained": titles[at],
        "dataset": Sentence("data", f"set.{one.dataset}.title"),
        "images": one.images,
        "epochs": epochs,
        "losses": {"train": one.train_loss[:epochs], "test": one.test_loss[:epochs]},
        "least": one.test_loss[best],
        "last": one.test_loss[epochs - 1],
    }


def _epoch_of_least(facts: Facts, curve: str) -> int:
    losses = facts["losses"][curve]
    return 1 + min(range(len(losses)), key=losses.__getitem__)


def _first_rise(facts: Facts) -> int | None:
    """Return the epoch before the test loss rises for the first time."""
    return next((at for at, (before, after) in enumerate(pairwise(facts["losses"]["test"]), 1) if after > before), None)


def _first_gap(facts: Facts) -> int | None:
    """Return the first epoch whose training loss is below the test loss."""
    pairs = zip(facts["losses"]["train"], facts["losses"]["test"], strict=True)
    return next((at for at, (train, test) in enumerate(pairs, 1) if train < test), None)


def _stop_scene(facts: Facts) -> Scene:
    x = tuple(map(float, range(1, facts["epochs"] + 1)))
    return Scene(
        curves=tuple(
            ShownCurve(Sentence(TOPIC, f"curve.{name}"), x, losses) for name, losses in facts["losses"].items()
        ),
        x_label=Sentence(TOPIC, "axis.epoch"),
        y_label=Sentence(TOPIC, "axis.loss"),
    )


STOPPING_EPOCH = Generator(
    name="stopping-epoch",
    topic=TOPIC,
    draw=_draw_stop,
    right=lambda f: _epoch_of_least(f, "test"),
    wrong={
        "longest_training_best": lambda f: f["epochs"],
        "training_loss_decides": lambda f: _epoch_of_least(f, "train"),
        "stops_at_the_gap": _first_gap,
        "stops_at_the_first_rise": _first_rise,
    },
    form=lambda f, _: NumberForm(),
    link=lambda f: PageLink("studio", {"experiment": "overfit"}, of_network=False),
    scene=_stop_scene,
    difficulty=Difficulty(level=1, largest=30),
)


def _draw_activation(network: TracedNetwork, draw: Draw) -> Facts:
    """One recorded run of each activation function, with letters in a drawn order, and one of the functions."""
    _check_whole(network)
    recording = load_recording()
    settings = draw.shuffled(BY_SPEED)
    runs = {letter: draw.one_of(recording.runs_of(name)) for letter, name in zip(LETTERS, settings, strict=True)}
    asked = draw.one_of(BY_SPEED)
    return {
        "asked": asked,
        "function": _function(asked),
        "functions": [_function(name) for name in NEWEST_FIRST],
        "epochs": round(recording.epochs[-1]),
        "letters": dict(zip(settings, LETTERS, strict=True)),
        "runs": runs,
        "ends": [f"{letter}: {run.loss[-1]:.2f}" for letter, run in runs.items()],
    }


def _function(name: str) -> Sentence:
    return Sentence("zoo/lenet", f"option.activation.value.{name}")


def _letter_as_in(facts: Facts, order: tuple[str, ...]) -> str:
    """Return the letter at the rank, by speed, that `order` gives to the function that is asked for."""
    return str(facts["letters"][BY_SPEED[order.index(facts["asked"])]])


ACTIVATION_CURVE = Generator(
    name="activation-curve",
    topic=TOPIC,
    draw=_draw_activation,
    right=lambda f: f["letters"][f["asked"]],
    wrong={
        "newest_activation_fastest": lambda f: _letter_as_in(f, NEWEST_FIRST),
        "tanh_as_flat_as_sigmoid": lambda f: _letter_as_in(f, SATURATING_LAST),
        "dead_units_expected": lambda f: _letter_as_in(f, RELU_LAST),
    },
    form=lambda f, values: by_value(tuple(sorted(values)), str),
    link=lambda f: PageLink("studio", {"experiment": "activation"}, of_network=False),
    scene=lambda f: Scene(
        curves=tuple(ShownCurve(letter, load_recording().epochs, run.loss) for letter, run in f["runs"].items()),
        x_label=Sentence(TOPIC, "axis.epoch"),
        y_label=Sentence(TOPIC, "axis.test_loss"),
    ),
    difficulty=Difficulty(level=2),
)


def _draw_accuracies(network: TracedNetwork, draw: Draw) -> Facts | None:
    """Two recorded accuracies that differ by some test images, and how far seeds alone differ."""
    _check_whole(network)
    recording = load_recording()
    images = recording.num_test
    runs = [run.right[-1] for name in BY_SPEED[:2] for run in recording.runs_of(name)]
    first, second = draw.some_of(runs, 2)
    low, high = min(first, second), max(first, second)
    percents = [round(100 * count / images, 1) for count in (low, high)]
    images_apart = round((percents[1] - percents[0]) * images / 100)
    spread = [run.right[-1] for run in recording.runs_of("relu")]
    if high - low < LEAST_IMAGES or images_apart != high - low:
        return None
    return {
        "images": images,
        "trained": dataset(DATASET).num_train,
        "low": percents[0],
        "high": percents[1],
        "points": round(percents[1] - percents[0], 1),
        "seeds": len(spread),
        "fewest": min(spread),
        "most": max(spread),
    }


ACCURACY_IMAGES = Generator(
    name="accuracy-images",
    topic=TOPIC,
    draw=_draw_accuracies,
    right=lambda f: round(f["points"] * f["images"] / 100),
    wrong={
        "points_for_images": lambda f: f["points"],
        "training_images_counted": lambda f: round(f["points"] * f["trained"] / 100),
        "test_set_of_a_thousand": lambda f: round(10 * f["points"]),
    },
    form=lambda f, _: NumberForm(),
    link=lambda f: PageLink("studio", {"experiment": "activation"}, of_network=False),
    scene=lambda f: Scene(),
    difficulty=Difficulty(level=1, largest=20),
)

GENERATORS = (STOPPING_EPOCH, ACTIVATION_CURVE, ACCURACY_IMAGES)
