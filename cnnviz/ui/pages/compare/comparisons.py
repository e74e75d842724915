"""The ready-made comparisons: a name, and the networks that stand beside each other in it."""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

SLOTS = ("a", "b", "c", "d")
"""The places of a comparison, as the URL names them."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One network of a comparison: its name, what differs from its default form, and its image size if not its own."""

    name: str
    options: MappingProxyType[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    size: int | None = None


def _vgg(config: str) -> Contender:
    return Contender("vgg", MappingProxyType({"config": config}))


def _mobilenet(width: float, size: int) -> Contender:
    return Contender("mobilenet", MappingProxyType({"width": width}), size)


COMPARISONS: MappingProxyType[str, tuple[Contender, ...]] = MappingProxyType(
    {
        "lenet-alexnet": (Contender("lenet"), Contender("alexnet")),
        "vgg-depth": (_vgg("A"), _vgg("B"), _vgg("D"), _vgg("E")),
        "vgg-lrn": (_vgg("A"), _vgg("A-LRN")),
        "vgg-one-by-one": (_vgg("C"), _vgg("D")),
        "conv-dense": (Contender("alexnet"), Contender("vgg"), Contender("nin")),
        "mobilenet-width": tuple(_mobilenet(width, 96) for width in (1, 0.75, 0.5, 0.25)),
        "mobilenet-resolution": tuple(_mobilenet(1, size) for size in (224, 192, 160, 128)),
        "at-224": (Contender("alexnet"), Contender("vgg"), Contender("nin"), Contender("googlenet", size=224)),
        "residual-dense": (Contender("resnet"), Contender("densenet")),
    }
)
