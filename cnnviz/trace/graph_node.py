"""The records of a pass: the call under way, one that has just returned, and the node that is kept of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from torch import Tensor

from cnnviz.trace.field_state import FieldState
from cnnviz.trace.recorded_call import RecordedCall, tensors_in
from cnnviz.trace.window_settings import Shape

NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class GraphNode:
    """One call; a hidden one computes from weights or shapes alone and is no row."""

    call: RecordedCall
    kind: str
    block: str
    operation: str
    settings: Mapping[str, Any]
    states: tuple[FieldState, ...]
    hidden: bool = False
    params: Sequence[Tensor] = ()
    """The parameters counted here; of a hidden call, those it read."""
    macs: int = 0
    shares_memory: bool = False
    uncounted: bool = False
    in_hook: bool = False
    """Code of a hook made it: no row where nothing of the network reads it."""


@dataclass(slots=True)
class CallInProgress:
    """The call under way, to be named if it fails."""

    name: str
    shapes: tuple[Shape, ...]


@dataclass(slots=True)
class FinishedCall:
    """A call that has just returned."""

    name: str
    kind: str
    block: str
    target: str | Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any
    operation: str = ""
    settings: Mapping[str, Any] = field(default_factory=lambda: NO_SETTINGS)
    params: Sequence[Tensor] = ()
    in_place: bool = False
    attributes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    macs: int | None = None
    """Multiply-adds as torch's own counter has them, for what has no formula here."""
    uncounted: bool = False
    """It may multiply and add, and nobody counts that."""
    in_hook: bool = False

    @property
    def given(self) -> list[Tensor]:
        """The tensors it was called with."""
        if len(self.args) == 1 and not self.kwargs and isinstance(self.args[0], Tensor):
            return [self.args[0]]
        return list(tensors_in((self.args, self.kwargs)))

    @property
    def reads(self) -> list[Tensor]:
        """The tensors it was called with, and the weights that were computed for it."""
        return [*self.given, *tensors_in(self.attributes)] if self.attributes else self.given
