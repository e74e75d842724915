"""Weights trained on ImageNet, as torchvision publishes them."""

from pathlib import Path

from torch import Tensor, hub

from cnnviz.errors import UserError
from cnnviz.models.sources.source import Escape, WeightSource
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsInfo, WeightsRef
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.zoo.imagenet import (
    NUM_CLASSES,
    SHAPE,
    PublishedFile,
    first_published_weights,
    load_published,
    published_weights,
)
from cnnviz.zoo.torchvision_weights import load_torchvision


class ImageNetSource(WeightSource):
    """One file of torchvision's for each of several forms; every form's weights have the same name."""

    name = "imagenet"

    def parse(self, text: str) -> WeightsRef | None:
        return WeightsRef(self.name) if text == self.name else None

    def format(self, weights: WeightsRef) -> str:
        return self.name

    def list(self, architecture: str = "", owner: str = "") -> tuple[WeightsRef, ...]:
        return (WeightsRef(self.name),) if first_published_weights(architecture) else ()

    def check(self, weights: WeightsRef, architecture: str | None = None) -> None:
        if architecture is not None and not self.list(architecture):
            raise ValueError(self.name)

    def info(self, weights: WeightsRef, spec: ModelSpec | None = None) -> WeightsInfo:
        """Return the facts of the weights for the form of `spec`, else for the first form of its architecture."""
        if spec is None:
            return WeightsInfo()
        entry = published_weights(spec.architecture, dict(spec.options)) or first_published_weights(spec.architecture)
        if entry is None:
            return WeightsInfo()
        facts = entry.facts()
        form = ModelSpec.of(spec.architecture, entry.options)
        return WeightsInfo(
            ModelSpec(spec.architecture, form.options, SHAPE, NUM_CLASSES),
            accuracy=facts.accuracy,
            scaling=(facts.mean, facts.deviation),
            resize=resize_before_crop(facts, spec),
            classes=facts.classes,
        )

    def title(self, weights: WeightsRef, t: Text) -> str:
        return t("kind.imagenet")

    def describe(self, weights: WeightsRef, info: WeightsInfo, t: Text, escape: Escape = str) -> str:
        return t("said.imagenet", accuracy="–" if info.accuracy is None else percent(info.accuracy))

    def load(self, weights: WeightsRef, spec: ModelSpec) -> dict[str, Tensor]:
        entry = published_weights(spec.architecture, dict(spec.options))
        if entry is None:
            raise UserError("weights_absent", name="ImageNet")
        facts = entry.facts()
        model = spec.build(device="meta")
        load_torchvision(model, load_published(published_path(facts.name), facts))
        return dict(model.state_dict())

    def python(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return (
            "from pathlib import Path\n\nfrom torch.hub import get_dir\n\nfrom cnnviz.zoo import build\n"
            "from cnnviz.zoo.imagenet import load_published, published_weights\n"
            "from cnnviz.zoo.torchvision_weights import load_torchvision\n\n"
            f"facts = published_weights({spec.architecture!r}, {dict(spec.options)!r}).facts()\n"
            f"{spec.python()}\n"
            'load_torchvision(model, load_published(Path(get_dir()) / "checkpoints" / facts.name, facts))\n'
            "model.eval()"
        )


def published_path(name: str) -> Path:
    """Return the path that the published file `name` has once it is downloaded: in torchvision's own cache."""
    return Path(hub.get_dir()) / "checkpoints" / name


def resize_before_crop(facts: PublishedFile, spec: ModelSpec) -> int:
    """Return the pixels of the shorter side before the centre is cut out, for the image size of `spec`."""
    return round(facts.resize / facts.crop * spec.input_shape[1])
