"""Generators about what differs between training and prediction: dropout and data augmentation."""

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator, by_value
from cnnviz.lessons.questions.links import bench
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, PageLink, Scene
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.trace.record import LayerRecord

TOPIC = "questions/training_mode"
AUGMENTATIONS = ("flip", "crop")
UNCHANGED, AT_RANDOM, AVERAGED, ALL_FORMS = "unchanged", "at_random", "averaged", "all_forms"


def _drops(row: LayerRecord) -> bool:
    return 0 < row.settings.get("p", 0) < 1


def _draw_dropout(network: TracedNetwork, draw: Draw) -> Facts:
    row = network.pick(draw, "dropout", where=_drops)
    return {
        "layer": row.name,
        "p": float(row.settings["p"]),
        "kept": round(1 - row.settings["p"], 4),
        "x": draw.between(2, 30) / 4 + 0.25,
    }


DROPOUT_PREDICTION = Generator(
    name="dropout-prediction",
    topic=TOPIC,
    draw=_draw_dropout,
    right=lambda f: f["x"],
    wrong={
        "dropout_scales_in_prediction": lambda f: round(f["x"] * f["kept"], 4),
        "scaled_as_in_training": lambda f: round(f["x"] / f["kept"], 4),
        "dropped_in_prediction": lambda f: 0,
    },
    form=lambda f, _: NumberForm(tolerance=0.01),
    link=lambda f: bench("dropout"),
    difficulty=Difficulty(level=1, largest=10),
)

DROPOUT_TRAINING = Generator(
    name="dropout-training",
    topic=TOPIC,
    draw=_draw_dropout,
    right=lambda f: round(f["x"] / f["kept"], 4),
    wrong={
        "kept_unscaled": lambda f: f["x"],
        "scaled_down": lambda f: round(f["x"] * f["kept"], 4),
        "divided_by_dropped": lambda f: round(f["x"] / f["p"], 4),
    },
    form=lambda f, _: NumberForm(tolerance=0.01),
    link=lambda f: bench("dropout"),
    difficulty=Difficulty(level=1, largest=100),
)


def _draw_augmentation(network: TracedNetwork, draw: Draw) -> Facts:
    if network.layer or not network.trace.num_trainable:
        raise NotApplicable("question_none", network=network.title)
    _, height, width = network.trace.input_shape
    return {
        "layer": "",
        "size": (height, width),
        "method": Sentence(TOPIC, f"augment.{draw.one_of(AUGMENTATIONS)}"),
        "epochs": draw.between(3, 30),
    }


AUGMENTATION_PREDICTION = Generator(
    name="augmentation-prediction",
    topic=TOPIC,
    draw=_draw_augmentation,
    right=lambda f: UNCHANGED,
    wrong={
        "augmented_in_prediction": lambda f: AT_RANDOM,
        "images_averaged": lambda f: AVERAGED,
        "test_set_grows": lambda f: ALL_FORMS,
    },
    form=lambda f, values: by_value(values, lambda value: Sentence(TOPIC, f"treated.{value}")),
    link=lambda f: PageLink("studio", {"experiment": "augment"}, of_network=False),
    scene=lambda f: Scene(),
    difficulty=Difficulty(level=1),
)

GENERATORS = (DROPOUT_PREDICTION, DROPOUT_TRAINING, AUGMENTATION_PREDICTION)
