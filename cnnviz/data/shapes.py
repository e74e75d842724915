"""Circles, squares, triangles and crosses drawn on textured grounds, with every object's pixels known."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from cnnviz.data.dataset_record import Dataset, Progress, Split
from cnnviz.data.image_set import ImageSet

SIDE = 32
CLASSES = ("circle", "square", "triangle", "cross")
SEEDS = {"train": 0, "test": 1}
RADII = (5.5, 8.0)
"""Pixels around the centre that an object keeps within, at least and at most."""

_CHUNK = 500
_ROWS, _COLUMNS = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) + np.float32(0.5)  # centres of the pixels


def draw_shapes(count: int, seed: int, alone: bool = False) -> ImageSet:
    """Return `count` images 3 × 32 × 32 with their masks; the first ones of a longer set are the same.

    Half of them hold one shape, half two different ones, and the labels are float32 (N, 4). With `alone` only
    those with one shape are kept, and the labels are int64 (N,).
    """
    images, regions = [], []
    found = 0
    for drawn, region, num_objects in _chunks(seed):
        kept = num_objects == 1 if alone else slice(None)
        images.append(drawn[kept])
        regions.append(region[kept])
        found += len(images[-1])
        if found >= count:
            break
    all_regions = torch.from_numpy(np.concatenate(regions)[:count])
    present = torch.stack([(all_regions == k + 1).flatten(1).any(1) for k in range(len(CLASSES))], dim=1)
    labels = present.int().argmax(1) if alone else present.float()
    return ImageSet(torch.from_numpy(np.concatenate(images)[:count]), labels, all_regions)


def _chunks(seed: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    number = 0
    while True:
        yield _draw(np.random.default_rng([seed, number]))
        number += 1


def _draw(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return one chunk: images uint8 (N, 3, H, W), regions uint8 (N, H, W), objects per image (N,)."""

    def uniform(low: float, high: float, *shape: int) -> np.ndarray:
        return generator.random((_CHUNK, *shape), dtype=np.float32) * np.float32(high - low) + np.float32(low)

    num_objects = generator.integers(1, 3, _CHUNK)
    first = generator.integers(0, 4, _CHUNK)
    kinds = np.stack([first, (first + generator.integers(1, 4, _CHUNK)) % 4], axis=1)
    radii = uniform(*RADII, 2)
    centres = _places(num_objects, radii, uniform(0, 1, 2), uniform(0, 1, 2), uniform(0, 1) < 0.5)
    angles = uniform(0, 2 * np.pi, 2)
    colours = _rgb(uniform(0, 1, 2), uniform(0.6, 1, 2), uniform(0.75, 1, 2))

    ground = _rgb(uniform(0, 1), uniform(0, 0.3), uniform(0.12, 0.45))[:, :, None, None] + np.zeros(
        (SIDE, SIDE), np.float32
    )
    for _ in range(2):
        waves = uniform(-0.2, 0.2, 2) * np.float32(2 * np.pi)  # radians per pixel
        phase = (
            waves[:, 0, None, None] * _ROWS + waves[:, 1, None, None] * _COLUMNS + uniform(0, 2 * np.pi)[:, None, None]
        )
        ground += np.float32(0.03) * np.sin(phase)[:, None]
    ground += uniform(-0.02, 0.02, 1, SIDE, SIDE)

    regions = np.zeros((_CHUNK, SIDE, SIDE), np.uint8)
    for i in range(2):
        inside = _inside(kinds[:, i], centres[:, i], radii[:, i], angles[:, i])
        inside &= (i < num_objects)[:, None, None]
        regions[inside] = np.broadcast_to((kinds[:, i] + 1)[:, None, None], inside.shape)[inside]
        ground = np.where(inside[:, None], colours[:, i, :, None, None], ground)
    inverted = (uniform(0, 1) < 0.5)[:, None, None, None]  # dark on light as often as light on dark
    images = np.rint(255 * np.where(inverted, 1 - ground, ground).clip(0, 1)).astype(np.uint8)
    return images, regions, num_objects


def _places(
    num_objects: np.ndarray, radii: np.ndarray, along: np.ndarray, across: np.ndarray, upright: np.ndarray
) -> np.ndarray:
    """Return centres (N, 2 objects, row and column): inside the image, two objects beside or below each other."""
    along = np.sort(along, axis=1)
    slack = SIDE - 2 * radii.sum(1)
    beside = np.stack([radii[:, 0] + along[:, 0] * slack, 2 * radii[:, 0] + radii[:, 1] + along[:, 1] * slack], axis=1)
    free = radii + across * (SIDE - 2 * radii)
    centres = np.stack([beside, free], axis=2)
    centres[upright] = centres[upright][:, :, ::-1]
    alone = num_objects == 1
    centres[alone, 0] = (radii[:, 0, None] + across * (SIDE - 2 * radii[:, 0, None]))[alone]
    return centres


def _inside(kind: np.ndarray, centre: np.ndarray, radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Return the pixels whose centre lies in the turned shape: bool (N, H, W)."""
    rows = (_ROWS - centre[:, 0, None, None]) / radius[:, None, None]
    columns = (_COLUMNS - centre[:, 1, None, None]) / radius[:, None, None]
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    x, y = cos * columns + sin * rows, cos * rows - sin * columns
    side = np.abs(x), np.abs(y)
    shapes = np.empty(x.shape, dtype=bool)
    for number, members in enumerate(kind == k for k in range(len(CLASSES))):
        a, b, u, v = side[0][members], side[1][members], x[members], y[members]
        if number == 0:
            shapes[members] = u * u + v * v <= 0.8**2
        elif number == 1:
            shapes[members] = np.maximum(a, b) <= 0.7
        elif number == 2:  # three half-planes at half the radius of the corners
            lean = np.float32(np.sqrt(0.75)) * a
            shapes[members] = np.maximum(-v, lean + v / 2) <= 0.49
        else:
            shapes[members] = (np.minimum(a, b) <= 0.28) & (np.maximum(a, b) <= 0.93)
    return shapes


def _rgb(hue: np.ndarray, saturation: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return HSV in [0, 1] as RGB in [0, 1], on a new last axis."""
    channels = []
    for offset in (5, 3, 1):
        turn = (offset + 6 * hue) % 6
        channels.append(value - value * saturation * np.minimum(np.minimum(turn, 4 - turn), 1).clip(0))
    return np.stack(channels, axis=-1)


def read_shapes(
    split: Split,
    count: int,
    data_dir: Path | None = None,
    download: bool = True,
    progress: Progress | None = None,
    *,
    alone: bool = False,
) -> ImageSet:
    """Return the first `count` images of a split, drawn anew."""
    return draw_shapes(count, SEEDS[split], alone)


_SHAPES = Dataset(
    name="shapes",
    input_shape=(3, SIDE, SIDE),
    classes=CLASSES,
    num_train=10_000,
    num_test=2_000,
    mean=(0.4963, 0.4968, 0.4959),
    std=(0.2633, 0.2633, 0.2632),
    light_grounds=0.492,
    read=read_shapes,
    url="",
    multi_label=True,
    has_masks=True,
)
SHAPES = replace(
    _SHAPES,
    variants=(
        replace(
            _SHAPES,
            name="shapes-single",
            num_train=5_000,
            num_test=1_000,
            multi_label=False,
            family="shapes",
            mean=(0.4997, 0.5003, 0.4991),
            std=(0.2594, 0.2600, 0.2590),
            light_grounds=0.497,
            read=partial(read_shapes, alone=True),
        ),
    ),
)
