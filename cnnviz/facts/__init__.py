"""The facts of the first page, made beforehand by the tracer (`python -m cnnviz.facts.make`) and read without torch."""

import base64
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("facts.json")


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """One family of the timeline, in the course's form."""

    name: str
    title: str
    year: int
    authors: str
    input_shape: tuple[int, ...]
    num_params: int
    macs: int
    num_weighted: int
    """Layers with weights to learn: convolution and dense."""


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One layer through which the drawing goes."""

    name: str
    kind: str
    shape: tuple[int, ...]
    num_params: int
    macs: int
    sees: int | None
    """Side in pixels of the receptive field; None where it is the whole image."""


@dataclass(frozen=True, slots=True)
class RecordedDrawing:
    """The drawing that the first page begins with, as LeNet read it when the facts were made."""

    drawing: str
    """As `PenDrawing.write` gives it."""
    values: bytes
    """The outputs of the layers one after the other, float32, little-endian."""
    probabilities: tuple[float, ...]
    """Of the digits 0 to 9."""


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """Everything on the first page that was computed."""

    networks: tuple[NetworkSummary, ...]
    layers: tuple[LayerSummary, ...]
    recorded: RecordedDrawing
    mistakes: tuple[int, int]
    """Test images that the network of the page on mistakes predicts wrongly, and all of them."""

    @property
    def num_params(self) -> int:
        """The parameters of the network that reads the drawing."""
        return sum(layer.num_params for layer in self.layers)


@cache
def load_facts() -> HomeFacts:
    """Return the facts as they lie in the file beside this one."""
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    networks = tuple(
        NetworkSummary(**entry | {"input_shape": tuple(entry["input_shape"])}) for entry in read["networks"]
    )
    layers = tuple(LayerSummary(**entry | {"shape": tuple(entry["shape"])}) for entry in read["layers"])
    kept = read["recorded"]
    recorded = RecordedDrawing(kept["drawing"], base64.b64decode(kept["values"]), tuple(kept["probabilities"]))
    wrong, count = read["mistakes"]
    return HomeFacts(networks, layers, recorded, (wrong, count))
