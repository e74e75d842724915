"""One call of an operation, whether a module or a function made it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cnnviz.trace.field_state import FieldState, Shape


@dataclass(frozen=True, slots=True)
class OperationCall:
    """An operation with the tensors that it read and made; shapes include the batch of one."""

    name: str
    """A key of `operations.OPERATIONS`, else unknown."""
    reason: str
    """The name to give where the field gets lost: the class or function as its author called it."""
    settings: Mapping[str, Any]
    states: tuple[FieldState, ...]
    shapes: tuple[Shape, ...]
    outs: tuple[Shape, ...]


FieldRule = Callable[[OperationCall], FieldState | list[FieldState]]
"""From the states read to the state of every output; a single one stands for all outputs."""
