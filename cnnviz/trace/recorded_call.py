"""A call recorded so that it can be run again: its tensors replaced by references to where they came from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import Tensor

from cnnviz.trace.module_clone import TensorPath


class OutputRef(NamedTuple):
    """Output `out` of call `call`; call −1 is the image."""

    call: int
    out: int


class WeightRef(NamedTuple):
    """A tensor of the model."""

    source: TensorPath


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call of a module (its path) or of a function, with its arguments frozen."""

    target: str | Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    refs: tuple[OutputRef, ...]
    """What it reads, hidden calls included."""
    name: str
    """The record's; "" for what is computed from weights alone and is no row."""
    inputs: tuple[OutputRef, ...]
    """What the record lists as inputs, in its order."""
    shapes: tuple[tuple[int, ...], ...]
    """Of its outputs, batch of one included."""
    in_place: bool = False
    broken: bool = False
    """It reads a tensor that was written to through another view: it cannot be made again from its inputs."""
    autocast: torch.dtype | None = None
    """The number format that the code around it asked torch to compute in."""
    attributes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Weights of the module that were computed in this pass, as by pruning or weight normalization: what to put there
    before it runs."""


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Return every tensor in nested lists and tables, in order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from tensors_in(part)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from tensors_in(part)


def map_nested(value: Any, swap: Callable[[Any], Any]) -> Any:
    """Return `value` with `swap` applied to everything in it that is no list or table."""
    kind = type(value)
    if kind is tuple or kind is list:
        return kind(map_nested(part, swap) for part in value)
    if kind is torch.Size:
        return tuple(value)
    if isinstance(value, dict):
        return {key: map_nested(part, swap) for key, part in value.items()}
    return swap(value)
