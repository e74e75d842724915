"""The question's subject: one model and one image, as it came or painted on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TypeVar

import torch
from torch import Tensor, nn

from cnnviz.attribution import compute_logits
from cnnviz.attribution.score import forward_peak_bytes
from cnnviz.data.datasets import find_dataset
from cnnviz.models.model import TrainedModel
from cnnviz.models.spec import ModelSpec
from cnnviz.models.spec_words import network_title
from cnnviz.ui.core.heavy_work import heavy_value
from cnnviz.ui.core.language import language
from cnnviz.ui.inputs.image_choice import ImageChoice, image_set_of, prepare_image, true_classes
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.ui.pages.saliency import painting

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SaliencyInput:
    """A model and an image; hashable, so that it can be part of the key of a cache."""

    model: TrainedModel
    image: ImageChoice
    strokes: str = ""
    """As `painting.written` gives them."""

    @property
    def spec(self) -> ModelSpec:
        """The network of the model."""
        return self.model.spec

    def network(self) -> nn.Module:
        """Return the network, shared and never changed."""
        return cached_network(self.model)

    def pixels(self) -> Tensor:
        """Return (C, H, W) in [0, 1], at the size and with the channels of the network's input."""
        image = prepare_image(self.image, self.model, standardise=False).tensor[0]
        return painting.paint(image, painting.parse_strokes(self.strokes)) if self.strokes else image

    def input(self) -> Tensor:
        """Return the network's input (1, C, H, W)."""
        return self.model.standardise(self.pixels()[None])

    def unpainted(self) -> SaliencyInput:
        """Return the same without strokes."""
        return replace(self, strokes="")

    def shown(self) -> tuple[str, str]:
        """Return the network and the image, as the caption of a figure names them."""
        image = " ".join(text for name, text in self.image.to_url().items() if name in ("image", "n"))
        return network_title(self.spec, language()), image

    def labels(self) -> tuple[int, ...]:
        """Return the classes that the image is labelled with, where image and network have the same; else none."""
        own, entry = find_dataset(image_set_of(self.image)), self.model.dataset
        if own is None or entry is None or (entry.family or entry.name) != (own.family or own.name):
            return ()
        return true_classes(self.image) or ()


def displayable(image: Tensor) -> Tensor:
    """Return (1 or 3, H, W) of pixels (C, H, W) of any number of channels, to be looked at."""
    return (image if image.shape[0] in (1, 3) else image[:1]).clamp(0, 1)


def logits(subject: SaliencyInput) -> tuple[float, ...]:
    """Return the logits of the network for the image."""
    return forward_value(
        subject,
        "scores",
        subject,
        8 * subject.spec.num_classes,
        lambda: tuple(compute_logits(subject.network(), subject.input())[0].tolist()),
    )


def forward_value(
    subject: SaliencyInput, budget: str, key: Hashable, size: int, make: Callable[[], T], images: int = 1
) -> T:
    """Return the value at `key` of the cache within `budget`, which `make` makes from `images` through the network.

    Where it is not held and the network is large, it waits for a place among the server's heavy computations.
    """
    trace = subject.spec.trace()
    peak = forward_peak_bytes(images * sum(layer.activation_bytes for layer in trace.layers))
    return heavy_value(budget, key, size, make, images * trace.macs, peak, language())


def probabilities(subject: SaliencyInput) -> list[float]:
    """Return the probability of each class for the image."""
    return subject.model.probabilities(torch.tensor(logits(subject))).tolist()
