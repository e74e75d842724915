"""Occlusion: how far the target falls when a window of the image is replaced by the baseline."""

from types import MappingProxyType

import torch
from torch import Tensor

from cnnviz.attribution.method import Found, Given, Method
from cnnviz.attribution.option import Option, Options


def sides(options: Options, height: int, width: int) -> tuple[int, int]:
    """Window and stride in pixels: those given, or about a fifth of the image and a third of the window."""
    smaller = min(height, width)
    window = min(int(options["window"]) or max(1, round(0.19 * smaller)), smaller)
    stride = min(int(options["stride"]) or max(1, round(window / 3)), window)
    return window, stride


def starts(side: int, window: int, stride: int) -> list[int]:
    """First pixels of the windows along one axis; what reaches beyond the last pixel is cut off."""
    return [number * stride for number in range(-(-(side - window) // stride) + 1)]


def occlusion(given: Given) -> Found:
    """f(x) − f(x with a window of x′), the mean over the windows that cover a pixel, the same in each channel."""
    channels, height, width = given.image.shape[1:]
    window, stride = sides(given.options, height, width)
    places = [(row, column) for row in starts(height, window, stride) for column in starts(width, window, stride)]
    given.f.expected = given.f.passed + len(places)

    def covered(first: int, after: int) -> Tensor:
        images = given.image.repeat(after - first, 1, 1, 1)
        for image, (row, column) in zip(images, places[first:after], strict=True):
            image[:, row : row + window, column : column + window] = given.baseline[
                0, :, row : row + window, column : column + window
            ]
        return images

    output = given.f.first or 0.0
    falls = (output - given.f.in_batches(len(places), covered)).double()
    total, count = torch.zeros(2, height, width, dtype=torch.float64)
    for fall, (row, column) in zip(falls.cpu(), places, strict=True):
        total[row : row + window, column : column + window] += fall
        count[row : row + window, column : column + window] += 1
    return Found(
        (total / count).float().expand(channels, -1, -1),
        shared=True,
        chosen=MappingProxyType({"window": window, "stride": stride}),
    )


def _passes(options: Options, shape: tuple[int, int, int]) -> int:
    window, stride = sides(options, shape[1], shape[2])
    return 2 + len(starts(shape[1], window, stride)) * len(starts(shape[2], window, stride))


OCCLUSION = Method(
    "occlusion",
    occlusion,
    _passes,
    "Zeiler & Fergus 2014, arXiv:1311.2901",
    uses_baseline=True,
    batches=True,
    options=(
        Option("window", 0, low=1, high=224, automatic=True),
        Option("stride", 0, low=1, high=112, automatic=True),
    ),
)
