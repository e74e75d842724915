"""Up to which image size the last feature maps are one pixel: by hand, and as the trace tells it."""

import pytest

from cnnviz.trace import trace
from cnnviz.zoo import ARCHITECTURES, architecture, build
from cnnviz.zoo.factory import smallest_size
from cnnviz.zoo.one_pixel_size import largest_one_pixel_size


def _last_height(name: str, options: dict, size: int) -> int:
    shape = (1, size, size)
    rows = trace(build(name, options, shape, device="meta"), shape).layers
    windows = ("convolution", "max_pool", "average_pool")
    return [row.shape[1] for row in rows if row.operation in windows and len(row.shape) == 3][-1]


@pytest.mark.parametrize(
    ("name", "options", "smallest", "one_pixel"),
    [
        ("lenet", {}, 12, 15),  # ⌊(⌊n/2⌋ − 4)/2⌋ = 1
        ("vgg", {}, 32, 63),  # five halvings
        ("googlenet", {}, 1, 32),  # five halvings of ⌈n/2⌉: their padding leaves one pixel of any image
        ("resnet", {}, 1, 32),
        ("resnet", {"output_stride": 8}, 1, 8),
        ("alexnet", {}, 65, 96),
    ],
)
def test_sizes_are_those_counted_by_hand(name: str, options: dict, smallest: int, one_pixel: int) -> None:
    entry = architecture(name)
    settled = entry.resolve(options)
    assert smallest_size(entry, settled, 1, 10) == smallest
    assert largest_one_pixel_size(entry, settled, 1, 10) == one_pixel


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_trace_has_one_pixel_at_that_size_and_two_above_it(name: str) -> None:
    entry = architecture(name)
    size = largest_one_pixel_size(entry, entry.resolve(), 1, 10)
    assert size is not None
    assert _last_height(name, {}, size) == 1
    assert _last_height(name, {}, size + 1) == 2
