"""The graph of one pass while it grows: the calls, the tensors that they made, and their receptive fields."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from cnnviz.trace.field_rules import output_states
from cnnviz.trace.field_state import CONSTANT_STATE, IMAGE_STATE, FieldState, unknown_state
from cnnviz.trace.graph_node import NO_SETTINGS, FinishedCall, GraphNode
from cnnviz.trace.module_clone import ModuleClone, TensorPath
from cnnviz.trace.operation_call import OperationCall
from cnnviz.trace.operations import OPERATIONS, joins
from cnnviz.trace.recorded_call import OutputRef, RecordedCall, WeightRef, map_nested, tensors_in
from cnnviz.trace.rerun import rerun, resolve
from cnnviz.trace.window_settings import Shape


class CallGraph:
    """The calls so far, in order of execution; every tensor they made is kept, so that its id stays its own."""

    def __init__(self, shadow: ModuleClone) -> None:
        self.nodes: list[GraphNode] = []
        self.image_shape: Shape = ()
        self._shadow = shadow
        self._sources: Mapping[int, TensorPath] = shadow.sources
        self._values: dict[int, tuple[Tensor, OutputRef]] = {}
        self._storages: dict[int, list[int]] = {}
        self._broken: dict[int, str] = {}
        self._counted: set[int] = set()

    def begin(self, image: Tensor) -> None:
        """Begin with `image` (1, C, H, W), from which everything is computed."""
        self.image_shape = tuple(image.shape)
        self._own(image, OutputRef(-1, 0))

    def ref(self, tensor: Tensor) -> OutputRef | None:
        """Return the call that made a tensor; None for weights and for what was made outside."""
        owned = self._values.get(id(tensor))
        if owned is not None:
            return owned[1]
        return None if id(tensor) in self._sources or not tensor.is_meta else self._twin(tensor)

    def _twin(self, tensor: Tensor) -> OutputRef | None:
        """Return the call that made a tensor at the same place of memory, as a new parameter stands there."""
        for other in self._storages.get(tensor.untyped_storage()._cdata, ()):
            known, ref = self._values[other]
            if _geometry(known) == _geometry(tensor) and other not in self._broken:
                return ref
        return None

    def holds(self, tensor: Tensor) -> bool:
        """Return whether a tensor can be had again: made by a call of this pass, a weight, or one with numbers."""
        return not tensor.is_meta or id(tensor) in self._sources or self.ref(tensor) is not None

    def is_new(self, tensor: Tensor, source: TensorPath) -> bool:
        """Return whether `tensor` is another one than stood at `source` before the pass."""
        if id(tensor) in self._values or id(tensor) in self._broken:
            return True
        return self._sources.get(id(tensor)) is None and not isinstance(
            tensor, UninitializedBuffer | UninitializedParameter
        )

    def value(self, tensor: Tensor, real: ModuleClone) -> Tensor:
        """Return the numbers of a tensor that the image has no part in, with the weights of `real`."""
        made: dict[int, tuple[Tensor, ...]] = {}

        def fetch(ref: OutputRef) -> Tensor:
            if ref.call not in made:
                call = self.nodes[ref.call].call
                if call.broken:
                    raise LostTensor
                made[ref.call] = rerun(call, real, fetch)
            return made[ref.call][ref.out]

        found: Tensor = resolve(self._freeze(tensor), real, fetch)
        return found

    def drop_unread(self, results: Sequence[Tensor]) -> None:
        """Drop the rows that only look: made by hooks, and read by nothing of the network."""
        if not any(node.in_hook and not node.hidden for node in self.nodes):
            return
        read = {ref.call for ref in self.refs(results)}
        for index in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[index]
            if index in read or not node.in_hook:
                read.update(ref.call for ref in node.call.refs)
            elif not node.hidden:
                node.hidden, node.call = True, replace(node.call, name="")

    def hold(self, empty: Tensor, real: Tensor) -> None:
        """Let `empty` stand for the numbers of `real` from now on."""
        call = RecordedCall(torch.clone, (real,), {}, (), "", (), (tuple(real.shape),))
        self.nodes.append(GraphNode(call, "", "", "", NO_SETTINGS, (CONSTANT_STATE,), hidden=True))
        self._own(empty, OutputRef(len(self.nodes) - 1, 0))

    def spoil(self, tensor: Tensor, name: str) -> None:
        """Mark `tensor` as overwritten: `name` wrote into its memory."""
        self._broken[id(tensor)] = name

    def rename(self, tensor: Tensor, value: Tensor) -> None:
        """Let `tensor` be what `value` is from now on."""
        ref = self.ref(value)
        if ref is not None:
            self._values[id(tensor)] = tensor, ref
            if id(value) in self._broken:
                self._broken[id(tensor)] = self._broken[id(value)]

    def refs(self, given: Sequence[Tensor]) -> tuple[OutputRef, ...]:
        """Return the calls of this pass that made those of `given`, or the image."""
        return tuple(ref for tensor in given if (ref := self.ref(tensor)) is not None)

    def moving(self, refs: Sequence[OutputRef]) -> tuple[OutputRef, ...]:
        """Return those of `refs` that depend on the image: activations."""
        return tuple(ref for ref in refs if ref.call < 0 or not self.nodes[ref.call].hidden)

    def maker(self, tensor: Any) -> GraphNode | None:
        """Return the call that made `tensor`."""
        ref = self.ref(tensor) if isinstance(tensor, Tensor) else None
        return None if ref is None or ref.call < 0 else self.nodes[ref.call]

    def add(self, made: FinishedCall) -> Any:
        """Keep a call as a row; return its result, a new tensor where it is one of those that it read."""
        given, result = made.given, made.result
        refs = self.refs(given)
        inputs = self.moving(refs)
        storages = {tensor.untyped_storage()._cdata for tensor in given}
        if not made.in_place and isinstance(result, Tensor) and any(result is tensor for tensor in given):
            result = result.detach()
        outs = [result] if isinstance(result, Tensor) else list(tensors_in(result))
        shapes = tuple(tuple(out.shape) for out in outs)
        broken = next((self._broken[id(tensor)] for tensor in made.reads if id(tensor) in self._broken), "")
        read = refs if joins(made.operation) else inputs
        read_shapes = tuple(self._shape(ref) for ref in read)
        if broken:
            states: tuple[FieldState, ...] = (unknown_state(broken),) * len(outs)
        elif not read:
            states = (CONSTANT_STATE,) * len(outs)
        else:
            read_states = tuple(self._state(ref) for ref in read)
            states = output_states(
                OperationCall(made.operation, made.kind, made.settings, read_states, read_shapes, shapes)
            )
        fresh = [param for param in made.params if id(param) not in self._counted]
        self._counted.update(map(id, fresh))
        macs = made.macs
        if macs is None:
            kind = OPERATIONS.get(made.operation)
            rule = None if kind is None or not read else kind.macs
            macs = 0 if rule is None else rule(made.settings, read_shapes, shapes)
        call = self.frozen(made, refs, inputs, shapes, broken=bool(broken))
        shared = bool(outs) and outs[0].untyped_storage()._cdata in storages
        self.nodes.append(
            GraphNode(
                call,
                made.kind,
                made.block,
                made.operation,
                made.settings,
                states,
                params=fresh,
                macs=macs,
                shares_memory=shared,
                uncounted=made.uncounted,
                in_hook=made.in_hook,
            )
        )
        self._keep(outs, made)
        return result

    def hide(self, made: FinishedCall) -> None:
        """Keep a call that the image has no part in."""
        outs = list(tensors_in(made.result))
        shapes = tuple(tuple(out.shape) for out in outs)
        broken = any(id(tensor) in self._broken for tensor in made.given)
        call = self.frozen(made, self.refs(made.given), (), shapes, broken=broken)
        self.nodes.append(
            GraphNode(call, "", "", "", NO_SETTINGS, (CONSTANT_STATE,) * len(outs), hidden=True, params=made.params)
        )
        self._keep([out for out in outs if made.in_place or id(out) not in self._sources], made)

    def frozen(
        self,
        made: FinishedCall,
        refs: Sequence[OutputRef],
        inputs: Sequence[OutputRef],
        shapes: tuple[Shape, ...],
        broken: bool = False,
    ) -> RecordedCall:
        """Return the call as it can be made again."""
        attributes = {name: self._freeze(value) for name, value in made.attributes.items()}
        return RecordedCall(
            target=made.target,
            args=map_nested(made.args, self._freeze),
            kwargs=map_nested(made.kwargs, self._freeze),
            refs=(*refs, *(part for part in attributes.values() if isinstance(part, OutputRef))),
            name=made.name,
            inputs=tuple(inputs),
            shapes=shapes,
            in_place=made.in_place,
            broken=broken,
            attributes=MappingProxyType(attributes),
            autocast=torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else None,
        )

    def _keep(self, outs: Sequence[Tensor], made: FinishedCall) -> None:
        for index, out in enumerate(outs):
            if made.in_place:
                self._overwrite(out, made.name)
            self._own(out, OutputRef(len(self.nodes) - 1, index))

    def _own(self, tensor: Tensor, ref: OutputRef) -> None:
        self._values[id(tensor)] = tensor, ref
        self._storages.setdefault(tensor.untyped_storage()._cdata, []).append(id(tensor))

    def _overwrite(self, tensor: Tensor, name: str) -> None:
        """Mark other views of the same memory: they no longer hold what their row gave."""
        for other in self._storages.get(tensor.untyped_storage()._cdata, ()):
            if other != id(tensor):
                self._broken[other] = name or "in place"
        for weight in self._shadow.at(tensor.untyped_storage()._cdata):
            if weight is not tensor and _geometry(weight) == _geometry(tensor):
                self._own(weight, OutputRef(len(self.nodes) - 1, 0))
            elif weight is not tensor:
                self._broken[id(weight)] = name or "in place"
        self._broken.pop(id(tensor), None)

    def _shape(self, ref: OutputRef) -> Shape:
        return self.image_shape if ref.call < 0 else self.nodes[ref.call].call.shapes[ref.out]

    def _state(self, ref: OutputRef) -> FieldState:
        return IMAGE_STATE if ref.call < 0 else self.nodes[ref.call].states[ref.out]

    def _freeze(self, value: Any) -> Any:
        if not isinstance(value, Tensor):
            return (
                torch.device("cpu")
                if isinstance(value, torch.device) or (type(value) is str and value == "meta")
                else value
            )
        if not value.is_meta:
            return value.detach().clone()
        ref = self.ref(value)
        if ref is not None:
            return ref
        source = self._sources.get(id(value))
        if source is None:
            raise LostTensor
        return WeightRef(source)


class LostTensor(Exception):
    """A call that reads a tensor made by no call of torch, so that it cannot be made again."""


def _geometry(tensor: Tensor) -> tuple[object, ...]:
    return tensor.dtype, tuple(tensor.shape), tensor.stride(), tensor.storage_offset()
