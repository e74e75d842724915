"""The settings with which a network learns a set of images within minutes on a CPU."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cnnviz.errors import UserError

if TYPE_CHECKING:
    from cnnviz.data.dataset_record import Dataset
    from cnnviz.options import Value
    from cnnviz.zoo.architecture_record import Architecture, QuickRecipe

UPDATES = 32
"""Minibatches an epoch that the batch size leaves at least, where the set is large enough."""
BATCHES = 8, 64
"""The smallest and the largest batch."""
MOST_EPOCHS = 20
"""What a shared server allows."""
MOST_RATE = 0.01
LARGE_SET = 940
"""Minibatches that a large set is given at least, as many as 60,000 images make in one epoch; one for ten images."""


def quick_recipe(entry: "Architecture", images: "Dataset") -> "QuickRecipe":
    """Return the recipe of a network for a dataset: its own there, that of the dataset's family, or the network's."""
    recipes = entry.quick_by_dataset
    return recipes.get(images.name) or recipes.get(images.family) or entry.quick


def quick_options(entry: "Architecture", images: "Dataset") -> dict[str, "Value"]:
    """Return every option of the form in which a network learns a dataset within minutes."""
    return entry.resolve(quick_recipe(entry, images).options)


def quick_settings(
    entry: "Architecture", options: Mapping[str, Any], images: "Dataset", count: int | None = None
) -> dict[str, Any]:
    """Return the settings that differ from those of `TrainConfig`, for a form of a network and `count` images."""
    quick, count = quick_recipe(entry, images), count or images.num_train
    rate = min(MOST_RATE, float(f"{quick.learning_rate / options['width']:.1g}"))
    size = _image_size(entry, options, images)
    return usual_quick_settings(count, quick.updates, rate, quick.init) | {"image_size": size}


def usual_quick_settings(count: int, updates: int = 600, rate: float = 0.002, init: str = "he") -> dict[str, Any]:
    """Return settings for about `updates` minibatches on `count` images; the defaults are for a network of nobody's
    recipe."""
    batch = min(quick_batch_size(count), count)
    updates = max(updates, min(LARGE_SET, count // 10))
    return {
        "epochs": max(1, min(MOST_EPOCHS, round(updates / -(-count // batch)))),
        "batch_size": batch,
        "learning_rate": rate,
        "optimizer": "adam",
        "schedule": "one-cycle",
        "init": init,
    }


def quick_batch_size(images: int) -> int:
    """Return the power of two that leaves a set of `images` updates enough an epoch."""
    least, most = BATCHES
    return max(least, min(most, 1 << max(0, (images // UPDATES).bit_length() - 1)))


def _image_size(entry: "Architecture", options: Mapping[str, Any], images: "Dataset") -> int:
    """Return the first size that leaves no layer without a pixel: of the dataset's recipe, the network's, the form."""
    from cnnviz.zoo import build

    for side in (quick_recipe(entry, images).image_size, entry.quick.image_size):
        with suppress(UserError):
            build(entry.name, options, (images.input_shape[0], side, side), images.num_classes, device="meta")
            return side
    return entry.input_shape(options)[1]
