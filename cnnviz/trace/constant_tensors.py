"""Tensors that a forward pass makes of numbers alone: computed on the CPU, beside the empty ones of the image."""

import torch
from torch import Tensor

from cnnviz.trace.graph import CallGraph


class ConstantTensors:
    """The stand-ins on the meta device of real tensors, made where one meets the image or a weight."""

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self._stand_ins: dict[int, tuple[Tensor, int, Tensor]] = {}
        self._written: dict[int, tuple[Tensor, Tensor]] = {}
        """Real tensors that something of the image was written into, and what has stood for them since."""
        self._storages: dict[int, str] = {}

    def stand_in(self, real: Tensor) -> Tensor:
        """Return the empty tensor that stands for `real` as it is now."""
        if id(real) in self._written:
            return self._written[id(real)][1]
        version = -1 if real.is_inference() else real._version
        known = self._stand_ins.get(id(real))
        if known is not None and known[1] == version >= 0:
            return known[2]
        empty = torch.empty_strided(real.shape, real.stride(), dtype=real.dtype, device="meta")
        self._graph.hold(empty, real.detach().clone())
        writer = self._storages.get(real.untyped_storage()._cdata) if self._storages else None
        if writer is not None:
            self._graph.spoil(empty, writer)
        self._stand_ins[id(real)] = real, version, empty
        return empty

    def is_empty(self, tensor: Tensor) -> bool:
        """Return whether the numbers of `tensor` are not at hand: it comes from the image or from weights."""
        return tensor.is_meta or bool(self._storages and tensor.untyped_storage()._cdata in self._storages)

    def overwrite(self, real: Tensor, stand_in: Tensor, name: str) -> None:
        """Let `real` be what `stand_in` is from now on: the call `name` wrote into it."""
        self._written[id(real)] = real, stand_in
        self._storages.setdefault(real.untyped_storage()._cdata, name)
