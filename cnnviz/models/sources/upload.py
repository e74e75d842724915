"""Weights of a user's own safetensors file: uploaded, or at a path on this machine."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.models.file_store import FileStore
from cnnviz.models.sources.imagenet import resize_before_crop
from cnnviz.models.sources.source import Escape, WeightSource
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsInfo, WeightsRef
from cnnviz.text import Text
from cnnviz.zoo.imagenet import NUM_CLASSES
from cnnviz.zoo.safetensors_header import Data, map_file
from cnnviz.zoo.weight_conventions import NamingConvention, conventions, same_names, scaling_of
from cnnviz.zoo.weight_names import NamePairing
from cnnviz.zoo.weights_file import check_weights_file, read_weights_file

UPLOADED = FileStore(200_000_000)
"""The uploaded files of all users of this process together; their size was checked when they came."""
LONGEST_TITLE = 60
_LINK = re.compile(rf"([0-9a-f]{{16}}):(.{{0,{LONGEST_TITLE}}})")
"""The name of a file in a link: the first digits of its SHA-256, and its title."""


class UploadSource(WeightSource):
    """Files that users bring; a link holds the name alone."""

    name = "file"
    is_users = True

    def parse(self, text: str) -> WeightsRef | None:
        if text == self.name:
            return WeightsRef(self.name)
        if not text.startswith(f"{self.name}:"):
            return None
        found = _LINK.fullmatch(text.removeprefix(f"{self.name}:"))
        if found is None:
            raise ValueError(text)
        return WeightsRef(self.name, found[1], title=found[2])

    def format(self, weights: WeightsRef) -> str:
        if not weights.name:
            return self.name
        return f"{self.name}:{weights.name[:16]}:{weights.title[:LONGEST_TITLE]}"

    def key(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return spec.architecture  # a title may hold what separates the entries of a list

    def list(self, architecture: str = "", owner: str = "") -> tuple[WeightsRef, ...]:
        return (WeightsRef(self.name),)

    def check(self, weights: WeightsRef, architecture: str | None = None) -> None:
        return

    def info(self, weights: WeightsRef, spec: ModelSpec | None = None) -> WeightsInfo:
        """Return the facts that the names in the file tell: under another library's, pixels are read as its weights
        read them.

        The header alone is read.

        Raises:
            UserError: `weights_gone` where the file is held no more, or a file of another network.
        """
        if spec is None or not weights.name:
            return WeightsInfo()
        expected = spec.build(device="meta").state_dict()
        file = check_weights_file(_data(weights), expected, _conventions(spec), most_bytes=None)
        return file_info(file.pairing, spec)

    def title(self, weights: WeightsRef, t: Text) -> str:
        return t("kind.file")

    def short_title(self, weights: WeightsRef) -> str:
        return weights.title

    def describe(self, weights: WeightsRef, info: WeightsInfo, t: Text, escape: Escape = str) -> str:
        return t("said.file" if info.scaling is None else "said.file_imagenet")

    def load(self, weights: WeightsRef, spec: ModelSpec) -> dict[str, Tensor]:
        expected = spec.build(device="meta").state_dict()
        return read_weights_file(_data(weights), expected, _conventions(spec), most_bytes=None)

    def python(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return (
            f"from pathlib import Path\n\n{spec.python_import}\n"
            "from cnnviz.zoo.weight_conventions import conventions\n"
            "from cnnviz.zoo.weights_file import read_weights_file\n\n"
            f"{spec.python()}\n"
            'data = Path("weights.safetensors").read_bytes()  # your file\n'
            f"others = conventions({spec.architecture!r}, {dict(spec.options)!r})\n"
            "model.load_state_dict(read_weights_file(data, model.state_dict(), lambda: others, most_bytes=None))\n"
            "model.eval()"
        )


def file_info(pairing: NamePairing, spec: ModelSpec) -> WeightsInfo:
    """Return the facts that the names in a file tell of its weights."""
    scaling = scaling_of(pairing.convention, spec.architecture, dict(spec.options), spec.input_shape[0])
    entry = same_names(spec.architecture, dict(spec.options))
    if scaling is None or entry is None:
        return WeightsInfo(pairing=pairing)
    facts = entry.facts()
    classes = facts.classes if spec.num_classes == NUM_CLASSES else ()
    return WeightsInfo(scaling=scaling, resize=resize_before_crop(facts, spec), classes=classes, pairing=pairing)


def _data(weights: WeightsRef) -> Data:
    data = UPLOADED.get(weights.name) if weights.path is None else map_file(weights.path)
    if data is None:
        raise UserError("weights_gone", name=weights.title)
    return data


def _conventions(spec: ModelSpec) -> Callable[[], Sequence[NamingConvention]]:
    return partial(conventions, spec.architecture, dict(spec.options))
