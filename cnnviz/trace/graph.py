"""The graph of one pass while it grows: which call made which tensor, and what is known of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from cnnviz.trace.calls import Call, Ref, Weight, replaced, tensors
from cnnviz.trace.operation import Operation, multiply_adds
from cnnviz.trace.rules import JOINS, spread
from cnnviz.trace.settings import Shape
from cnnviz.trace.shadow import Source
from cnnviz.trace.state import CONSTANT, THE_IMAGE, State, unknown

NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class Node:
    """One call; a hidden one computes from weights or shapes alone and is no row."""

    call: Call
    kind: str
    block: str
    operation: str
    settings: Mapping[str, Any]
    states: tuple[State, ...]
    hidden: bool = False
    params: Sequence[Tensor] = ()
    """The parameters counted here; of a hidden call, those it read."""
    macs: int = 0
    shares_memory: bool = False


@dataclass(slots=True)
class Made:
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

    @property
    def given(self) -> list[Tensor]:
        """The tensors it was called with."""
        if len(self.args) == 1 and not self.kwargs and isinstance(self.args[0], Tensor):
            return [self.args[0]]
        return list(tensors((self.args, self.kwargs)))


class Graph:
    """The calls so far, in order of execution; every tensor they made is kept, so that its id stays its
    own."""

    def __init__(self, sources: Mapping[int, Source]) -> None:
        self.nodes: list[Node] = []
        self.image_shape: Shape = ()
        self._sources = sources
        self._values: dict[int, tuple[Tensor, Ref]] = {}
        self._storages: dict[int, list[int]] = {}
        self._broken: dict[int, str] = {}
        self._counted: set[int] = set()

    def begin(self, image: Tensor) -> None:
        """`image` (1, C, H, W) is what everything is computed from."""
        self.image_shape = tuple(image.shape)
        self._own(image, Ref(-1, 0))

    def ref(self, tensor: Tensor) -> Ref | None:
        """Where a tensor came from; None for weights and for what was made outside."""
        owned = self._values.get(id(tensor))
        return None if owned is None else owned[1]

    def refs(self, given: Sequence[Tensor]) -> tuple[Ref, ...]:
        """Where those of `given` came from that a call of this pass made, or the image."""
        return tuple(ref for tensor in given if (ref := self.ref(tensor)) is not None)

    def moving(self, refs: Sequence[Ref]) -> tuple[Ref, ...]:
        """Those that depend on the image: activations."""
        return tuple(ref for ref in refs if ref.call < 0 or not self.nodes[ref.call].hidden)

    def maker(self, tensor: Any) -> Node | None:
        """The call that made `tensor`."""
        ref = self.ref(tensor) if isinstance(tensor, Tensor) else None
        return None if ref is None or ref.call < 0 else self.nodes[ref.call]

    def add(self, made: Made) -> Any:
        """Keeps a row; gives its result, under a new name where it is one of the tensors that it read."""
        given, result = made.given, made.result
        refs = self.refs(given)
        inputs = self.moving(refs)
        storages = {tensor.untyped_storage()._cdata for tensor in given}
        if not made.in_place and isinstance(result, Tensor) and any(result is tensor for tensor in given):
            result = result.detach()
        outs = [result] if isinstance(result, Tensor) else list(tensors(result))
        shapes = tuple(tuple(out.shape) for out in outs)
        broken = next((self._broken[id(tensor)] for tensor in given if id(tensor) in self._broken), "")
        read = refs if made.operation in JOINS else inputs
        read_shapes = tuple(self._shape(ref) for ref in read)
        if broken:
            states: tuple[State, ...] = (unknown(broken),) * len(outs)
        elif not read:
            states = (CONSTANT,) * len(outs)
        else:
            read_states = tuple(self._state(ref) for ref in read)
            states = spread(Operation(made.operation, made.kind, made.settings, read_states, read_shapes, shapes))
        fresh = [param for param in made.params if id(param) not in self._counted]
        self._counted.update(map(id, fresh))
        macs = multiply_adds(made.operation, made.settings, read_shapes, shapes) if read else 0
        call = self.frozen(made, refs, inputs, shapes, broken=bool(broken))
        shared = bool(outs) and outs[0].untyped_storage()._cdata in storages
        self.nodes.append(
            Node(
                call,
                made.kind,
                made.block,
                made.operation,
                made.settings,
                states,
                params=fresh,
                macs=macs,
                shares_memory=shared,
            )
        )
        self._keep(outs, made)
        return result

    def hide(self, made: Made) -> None:
        """Keeps a call that the image has no part in."""
        outs = list(tensors(made.result))
        shapes = tuple(tuple(out.shape) for out in outs)
        call = self.frozen(made, self.refs(made.given), (), shapes)
        self.nodes.append(Node(call, "", "", "", NO_SETTINGS, (CONSTANT,) * len(outs), hidden=True, params=made.params))
        self._keep([out for out in outs if id(out) not in self._sources], made)

    def frozen(
        self,
        made: Made,
        refs: Sequence[Ref],
        inputs: Sequence[Ref],
        shapes: tuple[Shape, ...],
        broken: bool = False,
    ) -> Call:
        """The call as it can be made again."""
        return Call(
            target=made.target,
            args=replaced(made.args, self._freeze),
            kwargs=replaced(made.kwargs, self._freeze),
            refs=tuple(refs),
            name=made.name,
            inputs=tuple(inputs),
            shapes=shapes,
            in_place=made.in_place,
            broken=broken,
        )

    def _keep(self, outs: Sequence[Tensor], made: Made) -> None:
        for index, out in enumerate(outs):
            if made.in_place:
                self._overwrite(out, made.name)
            self._own(out, Ref(len(self.nodes) - 1, index))

    def _own(self, tensor: Tensor, ref: Ref) -> None:
        self._values[id(tensor)] = tensor, ref
        self._storages.setdefault(tensor.untyped_storage()._cdata, []).append(id(tensor))

    def _overwrite(self, tensor: Tensor, name: str) -> None:
        """Other views of the same memory no longer hold what their row gave."""
        for other in self._storages.get(tensor.untyped_storage()._cdata, ()):
            if other != id(tensor):
                self._broken[other] = name

    def _shape(self, ref: Ref) -> Shape:
        return self.image_shape if ref.call < 0 else self.nodes[ref.call].call.shapes[ref.out]

    def _state(self, ref: Ref) -> State:
        return THE_IMAGE if ref.call < 0 else self.nodes[ref.call].states[ref.out]

    def _freeze(self, value: Any) -> Any:
        if not isinstance(value, Tensor):
            return torch.device("cpu") if isinstance(value, torch.device) or value == "meta" else value
        ref = self.ref(value)
        if ref is not None:
            return ref
        source = self._sources.get(id(value))
        return value if source is None else Weight(source)
