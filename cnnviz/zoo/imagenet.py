"""Weights that torchvision publishes for forms the zoo has: where they lie, and what they expect of an image.

The table names torchvision's own records; what they say is read from torchvision when it is asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import file_digest
from math import ceil
from pathlib import Path

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.options import Value
from cnnviz.zoo.table import architecture

NUM_CLASSES = 1000
SHAPE = (3, 224, 224)

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """The published weights of one form of one architecture."""

    architecture: str
    given: Mapping[str, Value]
    """The options that differ from the default form."""
    record: str
    """As `torchvision.models.get_weight` takes it."""
    scaling: tuple[Numbers, Numbers] | None = field(default=None)
    """Mean and deviation that the network itself puts in the place of those of the record."""

    @property
    def options(self) -> dict[str, Value]:
        """Every option of the form."""
        return architecture(self.architecture).resolve(self.given)

    def facts(self) -> "PublishedFile":
        """Return torchvision's facts of them; loads torchvision."""
        return _facts(self.record, self.scaling)


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A published file, and what its network expects of an image."""

    url: str
    name: str
    """Of the file."""
    sha256: str
    """The first eight digits, which the name carries."""
    most_bytes: int
    """The size as published, in mebibytes with three decimals, rounded up."""
    resize: int
    """Pixels that the shorter side is brought to before the middle is cut out."""
    crop: int
    """Pixels on a side of what is cut out."""
    mean: Numbers
    deviation: Numbers
    classes: tuple[str, ...]
    """The 1,000 English names in the order of the scores."""
    accuracy: float
    """On ImageNet's validation images as published, in [0, 1]."""


_HALF = (0.5, 0.5, 0.5)
PUBLISHED = (
    PublishedWeights("alexnet", {"form": "torchvision"}, "AlexNet_Weights.IMAGENET1K_V1"),
    *(
        PublishedWeights(
            "vgg",
            {"config": config} | ({"batch_norm": True} if norm else {}),
            f"VGG{depth}{'_BN' * norm}_Weights.IMAGENET1K_V1",
        )
        for config, depth in (("A", 11), ("B", 13), ("D", 16), ("E", 19))
        for norm in (False, True)
    ),
    # its transform_input turns ImageNet's scaling into pixels from -1 to 1
    PublishedWeights("googlenet", {"form": "torchvision"}, "GoogLeNet_Weights.IMAGENET1K_V1", (_HALF, _HALF)),
    *(
        PublishedWeights("resnet", {"form": "torchvision", "depth": depth}, f"ResNet{depth}_Weights.IMAGENET1K_V1")
        for depth in (18, 34, 50, 101, 152)
    ),
    *(
        PublishedWeights("densenet", {"form": "torchvision", "depth": depth}, f"DenseNet{depth}_Weights.IMAGENET1K_V1")
        for depth in (121, 169, 201)
    ),
    PublishedWeights("mobilenet", {"version": "v2"}, "MobileNet_V2_Weights.IMAGENET1K_V1"),
    PublishedWeights("mobilenet", {"version": "v3-small"}, "MobileNet_V3_Small_Weights.IMAGENET1K_V1"),
    PublishedWeights("mobilenet", {"version": "v3-large"}, "MobileNet_V3_Large_Weights.IMAGENET1K_V1"),
)


def published_weights(name: str, options: Mapping[str, Value]) -> PublishedWeights | None:
    """Return the published weights of exactly this form; None where there are none."""
    return next((entry for entry in PUBLISHED if entry.architecture == name and entry.options == dict(options)), None)


def first_published_weights(name: str) -> PublishedWeights | None:
    """Return the published weights of the family's first form that has any."""
    return next((entry for entry in PUBLISHED if entry.architecture == name), None)


def load_published(path: Path, facts: PublishedFile) -> dict[str, Tensor]:
    """Return the tensors of a published file under torchvision's names, after its hash was compared.

    Raises:
        UserError: `weights_absent` or `weights_damaged`.
    """
    try:
        with path.open("rb") as file:
            if not file_digest(file, "sha256").hexdigest().startswith(facts.sha256):
                raise UserError("weights_damaged", path=path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise UserError("weights_absent", name=facts.name) from error
    except UserError:
        raise
    except Exception as error:  # a file that torch cannot read raises whatever it likes
        raise UserError("weights_damaged", path=path) from error
    return dict(state)


@cache
def _facts(record: str, scaling: tuple[Numbers, Numbers] | None) -> PublishedFile:
    from torchvision.models import get_weight

    weights = get_weight(record)
    prepare = weights.transforms()
    name = weights.url.rpartition("/")[2]
    found = re.search(r"-([0-9a-f]{8,})\.pth$", name)
    if found is None:
        raise ValueError(f"{name} must carry its hash")
    mean, deviation = scaling or (tuple(prepare.mean), tuple(prepare.std))
    return PublishedFile(
        url=weights.url,
        name=name,
        sha256=found[1],
        most_bytes=ceil((weights.meta["_file_size"] + 0.0005) * 2**20),
        resize=prepare.resize_size[0],
        crop=prepare.crop_size[0],
        mean=mean,
        deviation=deviation,
        classes=tuple(weights.meta["categories"]),
        accuracy=weights.meta["_metrics"]["ImageNet-1K"]["acc@1"] / 100,
    )
