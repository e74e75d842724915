"""The largest image size at which a network's last feature maps are a single pixel."""

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.options import Value, Values
from cnnviz.zoo.architecture_record import Architecture
from cnnviz.zoo.builder_tools import NoPixelsLeft, run_on_meta
from cnnviz.zoo.factory import LARGEST_SIDE, smallest_size
from cnnviz.zoo.table import architecture

_WINDOWS = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)


def largest_one_pixel_size(entry: Architecture, options: Values, channels: int, num_classes: int) -> int | None:
    """Return the side in pixels of the largest square image that leaves 1×1 behind the last window; None where none
    does."""
    return _largest(entry.name, tuple(options.items()), channels, num_classes)


@lru_cache(maxsize=256)
def _largest(name: str, resolved: tuple[tuple[str, Value], ...], channels: int, num_classes: int) -> int | None:
    entry, options = architecture(name), dict(resolved)
    low = smallest_size(entry, options, channels, num_classes)
    with torch.device("meta"):
        network = entry.build((channels, low, low), num_classes, **options).eval()
    last = _behind_windows(network, (channels, low, low))[-1][0]

    def is_one_pixel(side: int) -> bool:
        layer, height = _behind_windows(network, (channels, side, side))[-1]
        return layer is last and height == 1

    if not is_one_pixel(low):
        return None
    high = 2 * low
    while high <= LARGEST_SIDE and is_one_pixel(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_one_pixel(middle) else (low, middle)
    return low


def _behind_windows(network: nn.Module, shape: tuple[int, int, int]) -> list[tuple[nn.Module, int]]:
    """Return each convolution and pool that ran, with the height of its output, in order."""
    heights: list[tuple[nn.Module, int]] = []

    def note(layer: nn.Module, _inputs: Any, output: Tensor) -> None:
        heights.append((layer, output.shape[-2]))

    handles = [layer.register_forward_hook(note) for layer in network.modules() if isinstance(layer, _WINDOWS)]
    try:
        run_on_meta(network, shape)
    except NoPixelsLeft:  # a dense layer that was made for another size; what stands before it has run
        pass
    finally:
        for handle in handles:
            handle.remove()
    return heights
