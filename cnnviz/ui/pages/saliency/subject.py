"""What is asked about: one network with its weights, and one image, as it came or painted on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.ui.inputs.image_picker import PictureChoice, prepared, set_of, true_classes
from cnnviz.ui.inputs.model_picker import Chosen
from cnnviz.ui.inputs.network import NetworkChoice, cached_network
from cnnviz.ui.inputs.weight_info import Origin, find_set
from cnnviz.ui.inputs.weights import Weights
from cnnviz.ui.pages.saliency import painting

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cnnviz.data import Dataset


@dataclass(frozen=True, slots=True)
class SaliencyInput:
    """Hashable, so that it can be part of the key of a cache."""

    network: NetworkChoice
    weights: Weights
    origin: Origin
    picture: PictureChoice
    strokes: str = ""
    """As `painting.written` gives them."""

    @classmethod
    def of(cls, chosen: Chosen, picture: PictureChoice, strokes: str = "") -> SaliencyInput:
        """A chosen network and an image."""
        return cls(chosen.network, chosen.weights, chosen.origin, picture, strokes)

    def model(self) -> nn.Module:
        """The network, shared and never changed."""
        return cached_network(self.network, self.weights)

    def pixels(self) -> Tensor:
        """(C, H, W) in [0, 1], at the size and with the channels of the network's input."""
        image = prepared(replace(self.picture, scaling=None), self.network.input_shape).tensor[0]
        return painting.paint(image, painting.parse_strokes(self.strokes)) if self.strokes else image

    def read(self, pixels: Tensor) -> Tensor:
        """(1, C, H, W) as the network reads `pixels` (C, H, W): standardised where its training was."""
        if self.picture.scaling is None:
            return pixels[None]
        mean, deviation = (_per_channel(numbers, pixels) for numbers in self.picture.scaling)
        return ((pixels - mean) / deviation)[None]

    def seen(self, image: Tensor) -> Tensor:
        """(1, C, H, W) of pixels in [0, 1] that `read` made `image` (1, C, H, W) of."""
        if self.picture.scaling is None:
            return image
        mean, deviation = (_per_channel(numbers, image[0]) for numbers in self.picture.scaling)
        return image * deviation + mean

    def image(self) -> Tensor:
        """(1, C, H, W), as the network reads it."""
        return self.read(self.pixels())

    def unpainted(self) -> SaliencyInput:
        """The same without strokes."""
        return replace(self, strokes="")

    def dataset(self) -> Dataset | None:
        """The set that the network was trained on; None where that is none of ours, or is gone."""
        return find_set(self.origin.dataset)

    def class_names(self, language: str) -> list[str]:
        """What the classes are called: by the set that the network learned, else by their numbers."""
        entry, count = self.dataset(), self.network.num_classes
        if self.origin.classes:
            return list(self.origin.classes)
        if entry is None or entry.num_classes != count:
            return [str(index) for index in range(count)]
        return [entry.class_name(index, language) for index in range(count)]

    def labels(self) -> tuple[int, ...]:
        """The classes that the image is labelled with, where image and network speak of the same; else nothing."""
        from cnnviz.data import dataset

        own, entry = set_of(self.picture), self.dataset()
        if not own or entry is None or (entry.family or entry.name) != (dataset(own).family or own):
            return ()
        return true_classes(self.picture) or ()

    @property
    def several(self) -> bool:
        """Whether an image may have several classes."""
        entry = self.dataset()
        return entry is not None and entry.multi_label


def displayable(image: Tensor) -> Tensor:
    """(1 or 3, H, W) of pixels (C, H, W) of any number of channels, to be looked at."""
    return (image if image.shape[0] in (1, 3) else image[:1]).clamp(0, 1)


@st.cache_resource(max_entries=512, show_spinner=False)
def logits(subject: SaliencyInput) -> tuple[float, ...]:
    """What the network answers."""
    from cnnviz.attribution import logits_of

    return tuple(logits_of(subject.model(), subject.image())[0].tolist())


def probabilities(subject: SaliencyInput) -> list[float]:
    """The answer as probabilities: of each class by itself where an image may have several, else adding up to 1."""
    import torch

    values = torch.tensor(logits(subject))
    return (values.sigmoid() if subject.several else values.softmax(0)).tolist()


def _per_channel(numbers: tuple[float, ...], pixels: Tensor) -> Tensor:
    import torch

    channels = pixels.shape[0]
    values = torch.tensor(numbers) if len(numbers) == channels else torch.tensor(numbers).mean().repeat(channels)
    return values[:, None, None]
