"""A traced pass made again for other images, many at once, or so that gradients flow."""

from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.module_copy.checks import input_dtype
from cnnviz.trace.module_clone import ModuleClone
from cnnviz.trace.record import Trace
from cnnviz.trace.rerun import rerun


class Replay:
    """The rows of `trace` on a private double of `model` in evaluation mode, without its hooks."""

    def __init__(self, model: nn.Module, trace: Trace) -> None:
        self.trace = trace
        self._dtype = input_dtype(model)
        self._shadow = ModuleClone(model, meta=False)
        self._index = {call.name: index for index, call in enumerate(trace.calls) if call.name}
        for _, module in self._shadow.modules():
            if getattr(module, "inplace", False):
                module.inplace = False  # type: ignore[assignment]

    def output(self, name: str, images: Tensor) -> Tensor:
        """Return the output of row `name` for (N, C, H, W): (N, …); runs no more than that needs.

        Raises:
            UserError: `unknown_layer`, `walk_image`, or `walk_in_place` where what a row read is overwritten.
        """
        if name == "input":
            return images
        if name not in self._index:
            raise UserError("unknown_layer", name=name)
        if tuple(images.shape[1:]) != tuple(self.trace.input_shape):
            raise UserError(
                "walk_image",
                expected="×".join(map(str, (1, *self.trace.input_shape))),
                got="×".join(map(str, images.shape)),
            )
        target = self._index[name]
        left = self._readers(target)
        made: dict[int, tuple[Tensor, ...]] = {-1: (images.to(self._dtype),)}
        for index in sorted(left):
            made[index] = self._make(index, made)
            for read in {ref.call for ref in self.trace.calls[index].refs if ref.call >= 0}:
                left[read] -= 1
                if not left[read]:
                    del made[read]
        return made[target][0]

    def _readers(self, target: int) -> dict[int, int]:
        """Return how many of the calls that `target` needs read each of them."""
        left = {target: 0}
        waiting = [target]
        while waiting:
            for read in {ref.call for ref in self.trace.calls[waiting.pop()].refs if ref.call >= 0}:
                if read not in left:
                    left[read] = 0
                    waiting.append(read)
                left[read] += 1
        return left

    def _make(self, index: int, made: dict[int, tuple[Tensor, ...]]) -> tuple[Tensor, ...]:
        call = self.trace.calls[index]
        if call.broken:
            raise UserError("walk_in_place", layer=call.name)

        return rerun(call, self._shadow, lambda ref: made[ref.call][ref.out])
