"""One call, told the same way whether a module or a function made it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from cnnviz.trace.state import Shape, State


@dataclass(frozen=True, slots=True)
class Operation:
    """What was computed on which tensors; shapes include the batch of one."""

    name: str
    """A key of `rules.RULES`, else unknown."""
    reason: str
    """The name to give where the field gets lost: the class or function as its author called it."""
    settings: Mapping[str, Any]
    states: tuple[State, ...]
    shapes: tuple[Shape, ...]
    outs: tuple[Shape, ...]


Rule = Callable[[Operation], State | list[State]]
"""From the states read to the state of every output; a single one stands for all outputs."""


def multiply_adds(name: str, settings: Mapping[str, Any], shapes: tuple[Shape, ...], outs: tuple[Shape, ...]) -> int:
    """Multiply-adds of convolutions and linear layers, without bias, for the shapes given; 0 for
    anything else."""
    if name == "conv":
        return prod(outs[0]) * (settings["in_channels"] // settings["groups"]) * prod(settings["kernel_size"])
    if name == "conv_transpose":
        return prod(shapes[0]) * (settings["out_channels"] // settings["groups"]) * prod(settings["kernel_size"])
    if name == "linear":
        return prod(outs[0]) * int(settings["in_features"])
    return 0
