"""Activations of a traced network for one image, computed when they are asked for."""

from collections import OrderedDict
from collections.abc import Iterator
from math import prod
from threading import RLock

import torch
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.module_copy.checks import input_dtype
from cnnviz.trace.module_clone import ModuleClone
from cnnviz.trace.record import Trace
from cnnviz.trace.recorded_call import OutputRef, RecordedCall
from cnnviz.trace.rerun import prepared_module, rerun

DEFAULT_BUDGET = 48 * 2**20
"""Bytes of activations kept between questions; with an operation's scratch memory, VGG-19 at 224 then
adds about 110 MB."""


class LazyActivations:
    """Outputs of the rows of `trace` for `image` (1, C, H, W) on the CPU, as `model` in evaluation mode gives them.

    Runs only what is missing between what is held and what is asked for; holds the most recently used
    activations up to
    `budget` bytes, or the last one alone where that is larger. `model` is read and never changed: not
    its mode, nor its hooks.
    Tensors handed out belong to the walk: read them only.

    Raises:
        UserError: `walk_image`, or `network_no_weights` where the weights of `model` hold no numbers.
    """

    def __init__(self, model: nn.Module, trace: Trace, image: Tensor, *, budget: int = DEFAULT_BUDGET) -> None:
        expected = (1, *trace.input_shape)
        if tuple(image.shape) != expected:
            raise UserError("walk_image", expected="×".join(map(str, expected)), got="×".join(map(str, image.shape)))
        self.trace = trace
        self.budget = budget
        self.calls_made = 0
        """How many rows were computed so far."""
        self.held_bytes = 0
        """Bytes of memory that the held activations keep alive; a view counts all of what it is a view of."""
        self._image = image.detach().to(input_dtype(model))
        self._calls: tuple[RecordedCall, ...] = trace.calls
        self._index = {call.name: index for index, call in enumerate(self._calls) if call.name}
        self._shadow = ModuleClone(model, meta=False)
        for _, module in self._shadow.modules():
            if getattr(module, "inplace", False):
                module.inplace = False  # type: ignore[assignment]
        self._held: OrderedDict[int, tuple[Tensor, ...]] = OrderedDict()
        self._lock = RLock()

    def output(self, name: str) -> Tensor:
        """Return the output of the row `name`, batch of one included; "input" is the image. The first of several.

        Raises:
            UserError: `unknown_layer`, or `walk_in_place` where the network overwrites what the row read.
        """
        return self._image if name == "input" else self._get([OutputRef(self._find(name), 0)])[0]

    def outputs(self, name: str) -> tuple[Tensor, ...]:
        """Return all outputs of the row `name`, such as the pieces of a `chunk`.

        Raises:
            UserError: as `output`.
        """
        index = self._find(name)
        count = 1 + len(self.trace[name].more_shapes)
        return tuple(self._get([OutputRef(index, out) for out in range(count)]))

    def inputs(self, name: str) -> tuple[Tensor, ...]:
        """Return the tensors that the row `name` read, in the order of its record's `inputs`.

        Raises:
            UserError: as `output`.
        """
        return tuple(self._get(list(self._calls[self._find(name)].inputs)))

    def module(self, name: str) -> nn.Module | None:
        """Return the layer that the row `name` ran, with the weights that it had then; None for an operation.

        Raises:
            UserError: as `output`.
        """
        call = self._calls[self._find(name)]
        if not isinstance(call.target, str):
            return None
        return prepared_module(call, self._shadow, lambda ref: self._get([ref])[0])

    def missing_macs(self, name: str) -> int:
        """Return the multiply-adds that `output(name)` takes now: those of the rows that are not held.

        Raises:
            UserError: `unknown_layer`.
        """
        with self._lock:
            missing, _ = self._missing({self._find(name)} if name != "input" else set())
        return sum(self.trace[call.name].macs for index in missing if (call := self._calls[index]).name)

    def each(self) -> Iterator[tuple[str, Tensor]]:
        """Yield every row's name and first output in order, in one pass that lets an output go once it was last read.

        Raises:
            UserError: as `output`.
        """
        last: dict[int, int] = {ref.call: index for index, call in enumerate(self._calls) for ref in call.refs}
        alive: dict[int, tuple[Tensor, ...]] = {}
        for index, call in enumerate(self._calls):
            if call.broken:
                raise UserError("walk_in_place", layer=call.name)
            with torch.no_grad():
                alive[index] = self._make(call, alive)
            if call.name:
                yield call.name, alive[index][0]
            for before in [at for at in alive if last.get(at, at) <= index]:
                del alive[before]

    def _find(self, name: str) -> int:
        if name not in self._index:
            raise UserError("unknown_layer", name=name)
        return self._index[name]

    def _get(self, wanted: list[OutputRef]) -> list[Tensor]:
        with self._lock, torch.no_grad():
            work = self._compute({ref.call for ref in wanted if ref.call >= 0})
            return [self._image if ref.call < 0 else work[ref.call][ref.out] for ref in wanted]

    def _compute(self, targets: set[int]) -> dict[int, tuple[Tensor, ...]]:
        """Return the outputs of the calls `targets`; everything else that had to be run is dropped once it was read."""
        missing, held = self._missing(targets)
        for index in held:
            self._held.move_to_end(index)
        work = {index: self._held[index] for index in held}
        readers: dict[int, int] = {}
        for index in missing:
            for before in {ref.call for ref in self._calls[index].refs}:
                readers[before] = readers.get(before, 0) + 1
        for index in sorted(missing):
            call = self._calls[index]
            if call.broken:
                raise UserError("walk_in_place", layer=call.name)
            self._make_room(
                sum(_bytes(outs) for at, outs in work.items() if at not in self._held) + 4 * sum(map(prod, call.shapes))
            )
            work[index] = self._make(call, work)
            for before in {ref.call for ref in call.refs if ref.call >= 0}:
                readers[before] -= 1
                if not readers[before] and before not in targets:
                    self._hold(before, work.pop(before))
        for index in targets:
            self._hold(index, work[index])
        return work

    def _missing(self, targets: set[int]) -> tuple[set[int], list[int]]:
        """Return the calls to run for the outputs of the calls `targets`, and the held ones that they begin with."""
        missing: set[int] = set()
        held: list[int] = []
        open_calls = list(targets)
        while open_calls:
            index = open_calls.pop()
            if index in missing or index in held:
                continue
            if index in self._held:
                held.append(index)
                continue
            missing.add(index)
            open_calls.extend(ref.call for ref in self._calls[index].refs if ref.call >= 0)
        return missing, held

    def _make(self, call: RecordedCall, work: dict[int, tuple[Tensor, ...]]) -> tuple[Tensor, ...]:
        def fetch(ref: OutputRef) -> Tensor:
            return self._image if ref.call < 0 else work[ref.call][ref.out]

        self.calls_made += bool(call.name)
        return rerun(call, self._shadow, fetch)

    def _hold(self, index: int, outputs: tuple[Tensor, ...]) -> None:
        if index not in self._held:
            self._held[index] = outputs
            self.held_bytes += _bytes(outputs)
        self._held.move_to_end(index)
        self._make_room(0, keep=1)

    def _make_room(self, needed: int, keep: int = 0) -> None:
        """Drop the outputs that were unused for longest, until `needed` more bytes fit the budget."""
        while len(self._held) > keep and self.held_bytes + needed > self.budget:
            _, outputs = self._held.popitem(last=False)
            self.held_bytes -= _bytes(outputs)


def _bytes(outputs: tuple[Tensor, ...]) -> int:
    return sum(tensor.untyped_storage().nbytes() for tensor in outputs)
