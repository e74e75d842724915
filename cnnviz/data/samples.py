"""Images to look at without any download: photographs that come with a dependency, drawn ones, and noise."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from cnnviz.data.digits import read_digits, sklearn_folder
from cnnviz.data.shapes import draw_shapes
from cnnviz.errors import UserError
from cnnviz.text import DEFAULT_LANGUAGE, load

Shape = tuple[int, int, int]
NOISE_SHAPE: Shape = (3, 224, 224)


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry of the menu of images; its title and source stand in `data.toml`, under `sample.<name>`."""

    name: str
    kind: Literal["photograph", "drawing", "noise"]
    read: Callable[[int, Shape], Tensor]
    varies: bool = False
    """True where another seed gives another image."""

    def load(self, seed: int = 0, shape: Shape = NOISE_SHAPE) -> Tensor:
        """Return the image: uint8 (C, H, W) in its own size; noise has no size of its own and takes `shape`."""
        return self.read(seed, shape)

    def title(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return its name in menus."""
        return load("data", language)(f"sample.{self.name}.title")

    def source(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return its source, in one line."""
        return load("data", language)(f"sample.{self.name}.source")


def _photograph(file: str) -> Callable[[int, Shape], Tensor]:
    def read(seed: int, shape: Shape) -> Tensor:
        with Image.open(sklearn_folder() / "images" / file, formats=["JPEG"]) as image:
            return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).contiguous()

    return read


def _digit(seed: int, shape: Shape) -> Tensor:
    images = read_digits("test", 10_000).images
    return images[seed % len(images)]


def _shapes(seed: int, shape: Shape) -> Tensor:
    return draw_shapes(1, 1_000_000 + seed).images[0]  # apart from the seeds of the two splits


def _gaussian(seed: int, shape: Shape) -> Tensor:
    values = np.random.default_rng(seed).normal(0.5, 0.25, shape)
    return torch.from_numpy(np.rint(255 * values.clip(0, 1)).astype(np.uint8))


def _uniform(seed: int, shape: Shape) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))


SAMPLES = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Sample("digit", "drawing", _digit, varies=True),
            Sample("shapes", "drawing", _shapes, varies=True),
            Sample("flower", "photograph", _photograph("flower.jpg")),
            Sample("china", "photograph", _photograph("china.jpg")),
            Sample("gaussian_noise", "noise", _gaussian, varies=True),
            Sample("uniform_noise", "noise", _uniform, varies=True),
        )
    }
)


def sample(name: str) -> Sample:
    """Return the entry called `name`.

    Raises:
        UserError: `unknown_sample`.
    """
    if name not in SAMPLES:
        raise UserError("unknown_sample", name=name, known=[*SAMPLES])
    return SAMPLES[name]
