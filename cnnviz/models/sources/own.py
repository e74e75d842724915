"""A network of the user's own, with weights drawn by a seed or with those of its file."""

import re
from dataclasses import replace
from typing import ClassVar

from torch import Tensor

from cnnviz.data.datasets import find_dataset
from cnnviz.definitions import NetworkDefinition, build
from cnnviz.definitions.weights_form import definition_in, training_in
from cnnviz.errors import UserError
from cnnviz.models.own_networks import OWN_NETWORKS, find_definition, keep_definition
from cnnviz.models.sources.source import Escape, WeightSource
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.models.weights import WeightsInfo, WeightsRef
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.zoo.safetensors_header import Data, map_file
from cnnviz.zoo.weights_file import read_weights_file

_LINK = re.compile("[A-Za-z0-9_-]{1,6000}")


class OwnNetworkSource(WeightSource):
    """Networks by the text of their link, or by the digest of what is stored of them; weights by their seed."""

    name = OWN
    is_users = True
    is_trained: ClassVar[bool] = False

    def parse(self, text: str) -> WeightsRef | None:
        name = text.removeprefix(f"{self.name}:")
        if name == text:
            return None
        if not _LINK.fullmatch(name):
            raise ValueError(text)
        return WeightsRef(self.name, name)

    def format(self, weights: WeightsRef) -> str:
        return f"{self.name}:{weights.name}"

    def to_url(self, weights: WeightsRef) -> dict[str, str]:
        return super().to_url(weights) | ({"seed": str(weights.seed)} if weights.seed else {})

    def key(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return self.name

    def list(self, architecture: str = "", owner: str = "") -> tuple[WeightsRef, ...]:
        return ()

    def info(self, weights: WeightsRef, spec: ModelSpec | None = None) -> WeightsInfo:
        return WeightsInfo(spec if spec is not None and spec.definition is not None else _own_spec(weights))

    def title(self, weights: WeightsRef, t: Text) -> str:
        return t("kind.own")

    def short_title(self, weights: WeightsRef) -> str:
        return weights.title or self.name

    def describe(self, weights: WeightsRef, info: WeightsInfo, t: Text, escape: Escape = str) -> str:
        return t("said.untrained", seed=weights.seed)

    def load(self, weights: WeightsRef, spec: ModelSpec) -> dict[str, Tensor] | None:
        return None

    def python(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return f"{spec.python_import}\n\n{spec.python(seed=weights.seed)}"


class OwnFileSource(OwnNetworkSource):
    """Networks with the weights that their file brought."""

    name = "own-file"
    is_trained = True

    def format(self, weights: WeightsRef) -> str:
        return f"{self.name}:{weights.name[:16]}"

    def info(self, weights: WeightsRef, spec: ModelSpec | None = None) -> WeightsInfo:
        known = super().info(weights, spec)
        assert known.spec is not None
        channels, classes = known.spec.input_shape[0], known.spec.num_classes
        try:
            said = training_in(_data(weights), channels)
        except UserError:  # the file is kept no more, which is told where its tensors are asked for
            return known
        entry = None if said is None else find_dataset(said.dataset)
        if said is None or entry is None or (entry.input_shape[0], entry.num_classes) != (channels, classes):
            return known
        return replace(known, dataset=said.dataset, accuracy=said.accuracy, scaling=said.scaling)

    def describe(self, weights: WeightsRef, info: WeightsInfo, t: Text, escape: Escape = str) -> str:
        entry = find_dataset(info.dataset)
        if entry is None:
            return t("said.file")
        title = escape(entry.describe("title", t.language) or info.dataset)
        if info.accuracy is None:
            return t("said.own_file_trained", dataset=title)
        return t("said.own_file_tested", dataset=title, accuracy=percent(info.accuracy))

    def title(self, weights: WeightsRef, t: Text) -> str:
        return t("kind.own_file")

    def load(self, weights: WeightsRef, spec: ModelSpec) -> dict[str, Tensor]:
        expected = spec.build(device="meta").state_dict()
        return read_weights_file(_data(weights), expected, most_bytes=None)

    def python(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return (
            f"from pathlib import Path\n\n{spec.python_import}\n"
            "from cnnviz.zoo.weights_file import read_weights_file\n\n"
            f"{spec.python()}\n"
            'data = Path("net.safetensors").read_bytes()  # your file\n'
            "model.load_state_dict(read_weights_file(data, model.state_dict(), most_bytes=None))\n"
            "model.eval()"
        )


def own_weights(definition: NetworkDefinition, owner: str = "", seed: int = 0) -> WeightsRef:
    """Return the name of a network without weights of its own: its link, or where it is kept for `owner`."""
    return WeightsRef(OWN, keep_definition(definition, owner), seed=seed, title=definition.title)


def own_file_weights(data: bytes, owner: str = "", title: str = "") -> WeightsRef:
    """Keep a file that holds a network with its weights, checked whole, and return its name.

    Raises:
        UserError: a file without a network, of other tensors, or damaged.
    """
    definition = definition_in(data)
    read_weights_file(data, build(definition, device="meta").state_dict())
    return WeightsRef(OwnFileSource.name, OWN_NETWORKS.put(data, owner), title=title or definition.title)


def _own_spec(weights: WeightsRef) -> ModelSpec:
    if weights.source == OWN:
        return ModelSpec.own(find_definition(weights.name))
    return ModelSpec.own(definition_in(_data(weights)))


def _data(weights: WeightsRef) -> Data:
    data = OWN_NETWORKS.get(weights.name) if weights.path is None else map_file(weights.path)
    if data is None:
        raise UserError("weights_gone", name=weights.title or weights.name[:16])
    return data
