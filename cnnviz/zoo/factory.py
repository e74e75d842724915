"""The builder of a network from its name and options; every wrong request is refused in one sentence."""

from collections.abc import Mapping
from functools import lru_cache
from threading import Lock
from typing import Any

import torch
from torch import nn

from cnnviz.errors import UserError
from cnnviz.options import Value, Values
from cnnviz.zoo.architecture_record import Architecture, Shape
from cnnviz.zoo.builder_tools import NoPixelsLeft, run_on_meta
from cnnviz.zoo.table import architecture

LARGEST_SIDE = 1024
LARGEST_CLASSES = 100_000

_seeding = Lock()


def build(
    name: str,
    options: Mapping[str, Any] | None = None,
    input_shape: Shape | None = None,
    num_classes: int | None = None,
    *,
    device: str = "cpu",
    seed: int = 0,
) -> nn.Module:
    """Return the network `name` with the weights of `seed`, in evaluation mode: (N, C, H, W) -> (N, num_classes).

    What is not given is the form's own. With `device="meta"` the network costs no memory.

    >>> build("lenet", {"pool": "max"})(torch.zeros(2, 1, 28, 28)).shape
    torch.Size([2, 10])

    Raises:
        UserError: an unknown name or option, options that exclude each other, no shape, an image too small.
    """
    entry = architecture(name)
    resolved = entry.resolve(options)
    shape = check_shape(entry.input_shape(resolved) if input_shape is None else input_shape)
    classes = check_classes(entry.num_classes(resolved) if num_classes is None else num_classes)
    try:
        network = _on_meta(entry, resolved, shape, classes)
    except NoPixelsLeft as error:
        smallest = smallest_size(entry, resolved, shape[0], classes)
        raise UserError(
            "image_too_small",
            architecture=entry.title,
            height=shape[1],
            width=shape[2],
            layer=error.layer,
            smallest=smallest,
        ) from error
    if device == "meta":
        return network
    with _seeding, torch.random.fork_rng(devices=[]), torch.device(device):
        torch.manual_seed(seed)
        return entry.build(shape, classes, **resolved).eval()


def smallest_size(entry: Architecture, options: Values, channels: int, num_classes: int) -> int:
    """Return the side in pixels of the smallest square image that leaves every layer at least one pixel."""
    return _smallest_size(entry.name, tuple(options.items()), channels, num_classes)


@lru_cache(maxsize=256)
def _smallest_size(name: str, resolved: tuple[tuple[str, Value], ...], channels: int, num_classes: int) -> int:
    entry, options = architecture(name), dict(resolved)
    low, high = 0, 1  # too small, and the first to try
    while not _fits(entry, options, (channels, high, high), num_classes):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _fits(entry, options, (channels, middle, middle), num_classes):
            high = middle
        else:
            low = middle
    return high


def check_shape(shape: Any) -> Shape:
    """Return `shape` as (C, H, W).

    Raises:
        UserError: `input_shape`.
    """
    numbers = list(shape) if isinstance(shape, list | tuple) else []
    if len(numbers) != 3 or not all(_whole(number, LARGEST_SIDE) for number in numbers):
        got = ",".join(map(str, numbers)) if numbers else shape
        raise UserError("input_shape", got=got, limit=LARGEST_SIDE)
    return numbers[0], numbers[1], numbers[2]


def check_classes(num_classes: Any) -> int:
    """Return `num_classes` as a whole number that a network can end in.

    Raises:
        UserError: `num_classes`.
    """
    if not _whole(num_classes, LARGEST_CLASSES):
        raise UserError("num_classes", got=num_classes, low=1, high=LARGEST_CLASSES)
    return int(num_classes)


def _on_meta(entry: Architecture, options: Values, shape: Shape, num_classes: int) -> nn.Module:
    with torch.device("meta"):
        network = entry.build(shape, num_classes, **options).eval()
    run_on_meta(network, shape)
    return network


def _fits(entry: Architecture, options: Values, shape: Shape, num_classes: int) -> bool:
    try:
        _on_meta(entry, options, shape, num_classes)
    except NoPixelsLeft:
        return False
    return True


def _whole(number: Any, largest: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= largest
