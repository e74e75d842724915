"""Trains the curves that questions show, and writes them: `python -m cnnviz.lessons.questions.record_curves`."""

import json

from cnnviz.data.datasets import dataset
from cnnviz.lessons.questions.recorded_curves import CURVES
from cnnviz.train.api import train
from cnnviz.train.config import TrainConfig
from cnnviz.train.report import EpochReport
from cnnviz.zoo import build

NETWORK, OPTIONS, DATASET = "lenet", {"activation": "relu", "pool": "max"}, "digits"
RATES = (0.001, 0.005, 0.02, 0.08, 0.3, 1.2)
EPOCHS, BATCH_SIZE = 12, 32


def losses(rate: float) -> list[float]:
    """Return the mean training loss of each epoch at a learning rate."""
    training_set, test_set = dataset(DATASET).load("train"), dataset(DATASET).load("test")
    config = TrainConfig(
        epochs=EPOCHS, batch_size=BATCH_SIZE, learning_rate=rate, image_size=28, threads=1, device="cpu"
    )
    reports = train(build(NETWORK, OPTIONS), training_set, test_set, config)
    return [round(report.train_loss, 4) for report in reports if isinstance(report, EpochReport)]


def main() -> None:
    """Write the file."""
    facts = {
        "network": NETWORK,
        "options": OPTIONS,
        "dataset": DATASET,
        "epochs": EPOCHS,
        "batch_size": BATCH_SIZE,
        "curves": [{"learning_rate": rate, "loss": losses(rate)} for rate in RATES],
    }
    CURVES.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
