"""From a name and its options to a network, with every wrong request refused in one sentence."""

from collections.abc import Mapping
from threading import Lock
from typing import Any

import torch
from torch import nn

from cnnviz.errors import Refusal
from cnnviz.zoo.architecture import Architecture, Shape
from cnnviz.zoo.layers import NoPixelsLeft, run_on_meta
from cnnviz.zoo.option import Options
from cnnviz.zoo.table import architecture

LARGEST_SIDE = 1024
LARGEST_CLASSES = 100_000

_seeding = Lock()


def build(name: str, options: Mapping[str, Any] | None = None, input_shape: Shape | None = None,
          num_classes: int | None = None, *, device: str = "cpu", seed: int = 0) -> nn.Module:
    """The network `name` with the weights that `seed` gives, in evaluation mode: (N, C, H, W) -> (N, num_classes).

    `options`, `input_shape` and `num_classes` default to the form's own. With `device="meta"` it costs no memory.

    Raises:
        Refusal: an unknown name or option, options that exclude each other, a shape that is none, or an image too small.
    """
    entry = architecture(name)
    settled = entry.settle(options)
    shape = check_shape(input_shape or entry.input_shape(settled))
    classes = check_classes(entry.num_classes(settled) if num_classes is None else num_classes)
    try:
        with torch.device("meta"):
            network = entry.build(shape, classes, **settled).eval()
        run_on_meta(network, shape)
    except NoPixelsLeft as error:
        smallest = smallest_size(entry, settled, shape[0], classes)
        raise Refusal("image_too_small", architecture=entry.title, height=shape[1], width=shape[2],
                      layer=error.layer, smallest=smallest) from error
    if device == "meta":
        return network
    with _seeding, torch.random.fork_rng(devices=[]), torch.device(device):
        torch.manual_seed(seed)
        return entry.build(shape, classes, **settled).eval()


def smallest_size(entry: Architecture, options: Options, channels: int, num_classes: int) -> int:
    """The side in pixels of the smallest square image that leaves every layer at least one pixel."""
    low, high = 0, LARGEST_SIDE  # the smallest lies above low and at most at high
    while high - low > 1:
        middle = (low + high) // 2
        try:
            with torch.device("meta"):
                network = entry.build((channels, middle, middle), num_classes, **options).eval()
            run_on_meta(network, (channels, middle, middle))
            high = middle
        except NoPixelsLeft:
            low = middle
    return high


def check_shape(shape: Any) -> Shape:
    """`shape` as (C, H, W).

    Raises:
        Refusal: `input_shape`.
    """
    numbers = list(shape) if isinstance(shape, list | tuple) else []
    if len(numbers) != 3 or not all(isinstance(n, int) and 1 <= n <= LARGEST_SIDE for n in numbers):
        raise Refusal("input_shape", got=",".join(map(str, numbers)) if numbers else shape, limit=LARGEST_SIDE)
    return numbers[0], numbers[1], numbers[2]


def check_classes(num_classes: Any) -> int:
    """`num_classes` as a whole number that a network can end in.

    Raises:
        Refusal: `num_classes`.
    """
    if not isinstance(num_classes, int) or not 1 <= num_classes <= LARGEST_CLASSES:
        raise Refusal("num_classes", got=num_classes, low=1, high=LARGEST_CLASSES)
    return num_classes
