"""The names that other libraries give the tensors of a network that the zoo has too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from cnnviz.options import Value
from cnnviz.zoo.factory import build
from cnnviz.zoo.imagenet import PUBLISHED, PublishedWeights
from cnnviz.zoo.torchvision_weights import AUXILIARY_HEADS, COUNTER

LIBRARIES = ("torchvision", "transformers")
"""Whose weights, where they are published, were trained on ImageNet in the same way."""

_TRANSFORMERS_RESNET = (
    (r"^conv1\.", "resnet.embedder.embedder.convolution."),
    (r"^bn1\.", "resnet.embedder.embedder.normalization."),
    (r"\.downsample\.0\.", ".shortcut.convolution."),
    (r"\.downsample\.1\.", ".shortcut.normalization."),
    (r"\.conv(\d)\.", lambda found: f".layer.{int(found[1]) - 1}.convolution."),
    (r"\.bn(\d)\.", lambda found: f".layer.{int(found[1]) - 1}.normalization."),
    (r"^layer(\d)\.(\d+)", lambda found: f"resnet.encoder.stages.{int(found[1]) - 1}.layers.{found[2]}"),
    (r"^fc\.", "classifier.1."),
)
"""From torchvision's names of a ResNet to those of Hugging Face's, one after the other."""
_EARLY_DENSENET = re.compile(r"(?<=denselayer)(\d+\.(?:norm|conv))(\d)")
"""In the published files of DenseNet, which are older than torchvision's own names."""


@dataclass(frozen=True, slots=True)
class NamingConvention:
    """The names that one library gives the tensors of one network."""

    library: str
    """A key below `file.named` in `weights.toml`."""
    names: tuple[str, ...]
    """In the order in which the network here defines its tensors; without counters."""
    left_out: tuple[str, ...] = ()
    """How the names of parts begin that the network here does without."""


def conventions(architecture: str, options: Mapping[str, Value]) -> tuple[NamingConvention, ...]:
    """Return how other libraries name the tensors of a network; loads torchvision where it has this form."""
    entry = same_names(architecture, options)
    if entry is None:
        return ()
    names = _torchvision_names(entry.record)
    found = [NamingConvention("torchvision", names, AUXILIARY_HEADS)]
    if architecture == "densenet":
        found.append(NamingConvention("torchvision", tuple(_EARLY_DENSENET.sub(r"\1.\2", name) for name in names)))
    if architecture == "resnet":
        found.append(NamingConvention("transformers", tuple(map(_transformers_name, names))))
    return tuple(found)


def same_names(architecture: str, options: Mapping[str, Value]) -> PublishedWeights | None:
    """Return the published weights whose network has the layers of this form by name.

    Width, classes and image size change no name, so that a narrow or a fine-tuned network counts as its form.
    """
    family = [entry for entry in PUBLISHED if entry.architecture == architecture]
    if not family:
        return None
    own = _names(architecture, tuple(options.items()))
    return next((entry for entry in family if _names(architecture, tuple(entry.options.items())) == own), None)


def scaling_of(
    convention: str, architecture: str, options: Mapping[str, Value], channels: int
) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Return mean and deviation per channel that weights under a library's names expect; None for pixels in [0, 1]."""
    entry = same_names(architecture, options) if convention in LIBRARIES else None
    if entry is None or channels != len(entry.facts().mean):
        return None
    return entry.facts().mean, entry.facts().deviation


@lru_cache(maxsize=64)
def _names(architecture: str, options: tuple[tuple[str, Value], ...]) -> tuple[str, ...]:
    return tuple(build(architecture, dict(options), device="meta").state_dict())


@cache
def _torchvision_names(record: str) -> tuple[str, ...]:
    import torch
    from torchvision.models import get_model

    name = record.partition("_Weights")[0].lower()
    settings = {"init_weights": False} if name == "googlenet" else {}  # its own initialization takes seconds
    with torch.device("meta"):
        network = get_model(name, weights=None, **settings)
    return tuple(
        name for name in network.state_dict() if not name.endswith(COUNTER) and not name.startswith(AUXILIARY_HEADS)
    )


def _transformers_name(name: str) -> str:
    for pattern, replacement in _TRANSFORMERS_RESNET:
        name = re.sub(pattern, replacement, name)
    return name
