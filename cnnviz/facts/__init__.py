"""What the first page shows, made beforehand by the tracer (`python -m cnnviz.facts.make`) and read without torch."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("facts.json")


@dataclass(frozen=True, slots=True)
class NetworkFacts:
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
class StepFacts:
    """One layer of the visible trace: what came out of it for the digit."""

    name: str
    kind: str
    shape: tuple[int, ...]
    num_params: int
    macs: int
    sees: int | None
    """Side in pixels of the receptive field; None where it is the whole image."""
    picture: str
    """A data URI: the maps of the layer side by side, darkest the smallest value, lightest the largest."""
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything on the first page that was computed."""

    networks: tuple[NetworkFacts, ...]
    image: str
    """A data URI: the digit that walks through LeNet."""
    number: int
    """Which of the handwritten digits it is."""
    label: int
    guess: int
    """The class with the highest of the scores that the last step shows."""
    steps: tuple[StepFacts, ...]


@cache
def facts() -> Facts:
    """The facts as they lie in the file beside this one."""
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    networks = tuple(NetworkFacts(**entry | {"input_shape": tuple(entry["input_shape"])}) for entry in read["networks"])
    steps = tuple(StepFacts(**{**entry, "shape": tuple(entry["shape"])}) for entry in read["steps"])
    return Facts(networks, read["image"], read["number"], read["label"], read["guess"], steps)
