"""Trains the curves that questions show, and writes them: `python -m cnnviz.lessons.questions.record_curves`."""

import json
from dataclasses import asdict, replace

from cnnviz.data.datasets import dataset
from cnnviz.lessons.questions.recorded_curves import CURVES, Overfitting
from cnnviz.options import Values
from cnnviz.train.api import train
from cnnviz.train.config import TrainConfig
from cnnviz.train.report import EpochReport
from cnnviz.zoo import build

NETWORK, DATASET = "lenet", "digits"
OPTIONS: Values = {"activation": "relu", "pool": "max"}
RATES = (0.001, 0.005, 0.02, 0.08, 0.3, 1.2)
EPOCHS, BATCH_SIZE = 12, 32
SIDE = 28
"""Rows and columns of an image."""
FEW: tuple[tuple[str, Values, int, float], ...] = (
    ("lenet", OPTIONS, 60, 0.003),
    ("lenet", OPTIONS, 150, 0.003),
    ("lenet", OPTIONS, 300, 0.003),
    ("alexnet", {"form": "small", "hidden": 128, "width": 0.5}, 150, 0.002),
    ("alexnet", {"form": "small", "hidden": 128, "width": 0.5}, 300, 0.002),
)
"""Network, options, training images and Adam's learning rate, of trainings on so few images that they overfit."""
FEW_EPOCHS, FEW_BATCH_SIZE = 30, 16


def reports_of(network: str, options: Values, images: int | None = None, **settings: object) -> list[EpochReport]:
    """Return the report of each epoch of a training, on the first `images` of the training set."""
    training_set, test_set = dataset(DATASET).load("train"), dataset(DATASET).load("test")
    if images is not None:
        training_set = replace(training_set, images=training_set.images[:images], labels=training_set.labels[:images])
    config = TrainConfig(image_size=SIDE, threads=1, device="cpu", **settings)  # type: ignore[arg-type]
    reports = train(build(network, options), training_set, test_set, config)
    return [report for report in reports if isinstance(report, EpochReport)]


def losses(rate: float) -> list[float]:
    """Return the mean training loss of each epoch at a learning rate."""
    reports = reports_of(NETWORK, OPTIONS, epochs=EPOCHS, batch_size=BATCH_SIZE, learning_rate=rate)
    return [round(report.train_loss, 4) for report in reports]


def overfitting(network: str, options: Values, images: int, rate: float) -> Overfitting:
    """Return the curves of a training on the first `images` of the training set."""
    settings = {"batch_size": FEW_BATCH_SIZE, "optimizer": "adam", "learning_rate": rate}
    reports = reports_of(network, options, images, epochs=FEW_EPOCHS, **settings)
    return Overfitting(
        network,
        options,
        DATASET,
        images,
        train_loss=tuple(round(report.train_loss, 4) for report in reports),
        test_loss=tuple(round(report.test_loss, 4) for report in reports),
    )


def main() -> None:
    """Write the file."""
    facts = {
        "network": NETWORK,
        "options": OPTIONS,
        "dataset": DATASET,
        "epochs": EPOCHS,
        "batch_size": BATCH_SIZE,
        "curves": [{"learning_rate": rate, "loss": losses(rate)} for rate in RATES],
        "few": [asdict(overfitting(*one)) for one in FEW],
    }
    CURVES.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
