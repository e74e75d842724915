"""The smallest trainings that still have an optimiser's memory, dropout and augmentation."""

from pathlib import Path
from typing import Any

from cnnviz.runs.history import History

SETTINGS = {
    "learning_rate": 0.02,
    "momentum": 0.9,
    "batch_size": 16,
    "augment": "crop",
    "threads": 1,
    "precision": "float32",
    "device": "cpu",
    "image_size": 28,
}


def tiny(epochs: int = 3, **settings: Any) -> dict[str, Any]:
    """A request: four steps an epoch."""
    return {
        "architecture": "lenet",
        "options": {"activation": "relu", "dropout": 0.3},
        "dataset": "digits",
        "limit": 64,
        "settings": SETTINGS | {"epochs": epochs} | settings,
    }


def history(folder: Path) -> History:
    found = History()
    found.follow(folder)
    return found


def curve(folder: Path) -> list[tuple[float, float]]:
    """(step, loss) of every step that holds."""
    steps = history(folder).steps
    return list(zip(steps["step"], steps["loss"], strict=True))
