"""One map as names and numbers, and the bounded cache that holds the maps already made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from cnnviz.attribution import BASELINES, METHODS, Attribution, Target
from cnnviz.attribution.baselines import SEVERAL
from cnnviz.ui.core.byte_cache import ByteCache
from cnnviz.ui.core.memory_budget import shared_cache
from cnnviz.ui.inputs.image_choice import ImageChoice, framing_for, image_set_of, image_sets, prepare_image
from cnnviz.ui.pages.saliency.subject import SaliencyInput

NOISE = "noise"
"""The baseline that is drawn at random."""
OTHER = "other"
"""The baseline that is another image of the set, by number."""


@dataclass(frozen=True, slots=True)
class BaselineChoice:
    """An image to compare with, by name."""

    name: str = "black"
    """In `BASELINES`, or `OTHER`."""
    number: int = 0
    """Of the other image."""

    def image(self, subject: SaliencyInput, seed: int) -> Tensor:
        """Return (C, H, W) of pixels in [0, 1], made from the image without strokes."""
        if self.name != OTHER:
            return BASELINES[self.name](subject.unpainted().pixels()[None], seed)[0]
        own = image_set_of(subject.image)
        source = own or subject.model.info.dataset
        other = ImageChoice(
            source if source in image_sets() else "digits",  # the set may be gone, or another user's
            self.number,
            subject.image.mode,
            negative=bool(own) and subject.image.negative,
        )
        if not subject.image.as_it_is:
            other = replace(other, framing=framing_for(other, subject.model))
        return prepare_image(other, subject.model, standardise=False).tensor[0]


@dataclass(frozen=True, slots=True)
class MapRequest:
    """Everything that one map is made from; equal cases have equal maps."""

    subject: SaliencyInput
    method: str
    target: Target
    layer: str = ""
    baseline: BaselineChoice = BaselineChoice()
    options: tuple[tuple[str, Any], ...] = ()
    seed: int = 0

    def normalized(self) -> MapRequest:
        """Return the same request without what its method does not look at."""
        entry = METHODS[self.method]
        return MapRequest(
            self.subject,
            self.method,
            self.target,
            self.layer if entry.needs_layer else "",
            self.baseline if entry.picks_baseline else BaselineChoice(),
            self.options,
            self.seed if entry.stochastic or self.baseline.name == NOISE else 0,
        )

    def baseline_image(self) -> Tensor | None:
        """Return (1, C, H, W) as the network reads it, or (N, C, H, W) for a method that averages over several.

        None for a method that compares with nothing.
        """
        entry, subject = METHODS[self.method], self.subject
        if not entry.uses_baseline:
            return None
        chosen = [BaselineChoice(name) for name in SEVERAL] if entry.averages else [self.baseline]
        return torch.cat([subject.model.standardise(one.image(subject, self.seed)[None]) for one in chosen])


def is_cached(case: MapRequest) -> bool:
    """Return whether the map has been made."""
    return case in _maps()


def attribution_of(case: MapRequest, progress: Callable[[int, int], None] | None = None) -> Attribution:
    """Return the map of a case, made once.

    Raises:
        UserError: what the method refuses.
    """
    subject = case.subject
    channels, height, width = subject.spec.input_shape

    def make() -> Attribution:
        return METHODS[case.method].attribute(
            subject.network(),
            subject.input(),
            case.target,
            layer=case.layer,
            baseline=case.baseline_image(),
            options=dict(case.options),
            seed=case.seed,
            progress=progress,
        )

    return _maps().get(case, 8 * channels * height * width, make)


def _maps() -> ByteCache[Attribution]:
    return shared_cache("maps")
