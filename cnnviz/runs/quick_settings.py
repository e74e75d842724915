"""The settings with which a network learns a set of images within minutes on a CPU."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnnviz.errors import UserError

if TYPE_CHECKING:
    from cnnviz.zoo.architecture_record import Architecture

UPDATES = 32
"""Minibatches an epoch that the batch size leaves at least, where the set is large enough."""
BATCHES = 8, 64
"""The smallest and the largest batch."""
MOST_EPOCHS = 20
"""What a shared server allows."""
MOST_RATE = 0.01
LARGE_SET = 940
"""Minibatches that a large set is given at least, as many as 60,000 images make in one epoch; one for ten images."""


def quick_settings(
    entry: "Architecture",
    options: Mapping[str, Any],
    image_shape: tuple[int, int, int],
    num_classes: int,
    images: int,
) -> dict[str, Any]:
    """Return what differs from the defaults of `TrainConfig` for a form of a network and a set of `images`."""
    quick, batch = entry.quick, min(quick_batch_size(images), images)
    updates = max(quick.updates, min(LARGE_SET, images // 10))
    return {
        "epochs": max(1, min(MOST_EPOCHS, round(updates / -(-images // batch)))),
        "batch_size": batch,
        "learning_rate": min(MOST_RATE, float(f"{quick.learning_rate / options['width']:.1g}")),
        "optimizer": "adam",
        "schedule": "one-cycle",
        "init": quick.init,
        "image_size": _image_size(entry, options, image_shape, num_classes),
    }


def quick_batch_size(images: int) -> int:
    """Return the power of two that leaves a set of `images` updates enough an epoch."""
    least, most = BATCHES
    return max(least, min(most, 1 << max(0, (images // UPDATES).bit_length() - 1)))


def _image_size(
    entry: "Architecture", options: Mapping[str, Any], image_shape: tuple[int, int, int], num_classes: int
) -> int:
    """Return the quick recipe's size, or that which the form was made for where it leaves a layer no pixel."""
    from cnnviz.zoo import build

    side = entry.quick.image_size
    try:
        build(entry.name, options, (image_shape[0], side, side), num_classes, device="meta")
    except UserError:
        return entry.input_shape(options)[1]
    return side
