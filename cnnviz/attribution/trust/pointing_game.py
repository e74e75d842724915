"""The pointing game: whether a map lies on the object of its class, for images with object masks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnviz.attribution.base import Method
from cnnviz.attribution.score import Progress, Stop
from cnnviz.attribution.target import Target
from cnnviz.attribution.trust.controls import CONTROLS
from cnnviz.attribution.trust.importance import importance

TOLERANCE = 2
"""Pixels that the largest value may lie outside of the object (Zhang et al. 2016, arXiv:1608.00507)."""


@dataclass(frozen=True, slots=True)
class MapOverlap:
    """The overlap of one map with the objects of its image."""

    hit: bool
    """The largest value is on the object, or within the tolerance of it."""
    own: float
    """Fraction of the positive values on the object of the target's class."""
    other: float
    """Fraction on the objects of other classes."""


@dataclass(frozen=True, slots=True)
class PointingResult:
    """The means of the pointing game over a batch."""

    name: str
    """A method, or a control."""
    pointing: float
    own: float
    other: float
    images: int

    def loses_to(self, control: "PointingResult") -> bool:
        """Return whether a control on the same batch hits as often, or has as much of its mass on the objects."""
        return self.pointing <= control.pointing or self.own <= control.own


@dataclass(frozen=True, slots=True, eq=False)
class PointingExample:
    """An image with the masks of its objects."""

    image: Tensor
    """float32 (1, C, H, W), as the network reads it."""
    target: Target
    own: Tensor
    """bool (H, W): the target's object."""
    other: Tensor
    """bool (H, W): all other objects."""


def measure_overlap(values: Tensor, own: Tensor, other: Tensor, tolerance: int = TOLERANCE) -> MapOverlap:
    """Return the overlap of a map (H, W), larger for more important pixels, with its object."""
    reach = 2 * tolerance + 1
    near = F.max_pool2d(own[None].float(), reach, 1, tolerance)[0].bool()
    positive = values.clamp_min(0)
    total = float(positive.sum())
    largest = int(values.argmax())
    moves = bool((values != values.flatten()[0]).any())
    return MapOverlap(
        moves and bool(near.flatten()[largest]),
        float(positive[own].sum()) / total if total else 0.0,
        float(positive[other].sum()) / total if total else 0.0,
    )


def pointing_examples(images: Tensor, regions: Tensor, independent: bool = True) -> Iterator[PointingExample]:
    """Yield one example per object of each image (N, C, H, W), from region numbers (N, H, W).

    A region number is 0 for the background and k + 1 for the object of class k.
    """
    for image, region in zip(images, regions, strict=True):
        for number in region.unique().tolist():
            if number:
                own = region == number
                yield PointingExample(
                    image[None], Target(int(number) - 1, independent=independent), own, (region != 0) & ~own
                )


def pointing_game(
    method: Method,
    model: nn.Module,
    batch: Sequence[PointingExample],
    *,
    layer: str = "",
    baselines: Sequence[Tensor] | None = None,
    options: Mapping[str, Any] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> PointingResult:
    """Return the result of a method over a batch, with one baseline (1, C, H, W) per example if it takes one.

    Raises:
        UserError: what `Method.attribute` refuses.
        Stopped: `stop()` was true.
    """
    located = []
    for number, example in enumerate(batch):
        found = method.attribute(
            model,
            example.image,
            example.target,
            layer=layer,
            options=options,
            seed=seed,
            stop=stop,
            baseline=None if baselines is None else baselines[number],
        )
        size = (int(example.image.shape[2]), int(example.image.shape[3]))
        located.append(measure_overlap(importance(found, size), example.own, example.other))
        if progress is not None:
            progress(number + 1, len(batch))
    return _mean(method.name, located)


def pointing_game_of_controls(batch: Sequence[PointingExample], seed: int = 0) -> tuple[PointingResult, ...]:
    """Return the result of every control over the same batch."""
    return tuple(
        _mean(
            name,
            [
                measure_overlap(_shifted(control(example.image, seed + number)), example.own, example.other)
                for number, example in enumerate(batch)
            ],
        )
        for name, control in CONTROLS.items()
    )


def _shifted(values: Tensor) -> Tensor:
    """Return the values shifted to begin at 0, so that a control of negative values has a mass."""
    return values - values.min() if float(values.min()) < 0 else values


def _mean(name: str, located: Sequence[MapOverlap]) -> PointingResult:
    facts = torch.tensor([[float(one.hit), one.own, one.other] for one in located]).double()
    hit, own, other = facts.mean(0).tolist() if len(located) else (0.0, 0.0, 0.0)
    return PointingResult(name, hit, own, other, len(located))
