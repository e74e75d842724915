"""A network's forward and backward pass as one CUDA graph, for small networks whose kernels are quicker than launches.

Captured once for one shape by `torch.cuda.make_graphed_callables`; what has another shape runs without. Off unless
`CNNVIZ_CUDA_GRAPHS=1`.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import cast

import torch
from torch import Tensor, nn

from cnnviz.accelerate.fast_paths import is_plain
from cnnviz.options import Choice

SWITCH = "CNNVIZ_CUDA_GRAPHS"
MOST_PARAMETERS = 1_000_000
"""Parameters of a network that counts as small."""

Forward = Callable[[Tensor], Tensor]


def prefers_cuda_graphs(model: nn.Module, device: str, compiled: bool) -> bool:
    """Return whether `model` is to train through CUDA graphs: where it is asked for, a small network on a GPU.

    Raises:
        UserError: `option_choice`.
    """
    asked = Choice(("0", "1")).parse(os.environ.get(SWITCH) or "0", SWITCH) == "1"
    small = sum(weight.numel() for weight in model.parameters()) <= MOST_PARAMETERS
    return asked and small and device == "cuda" and not compiled and not is_plain()


class GraphedForward:
    """`model` in training mode as a function, captured at the first minibatch for inputs of its shape.

    Args:
        model: on its device; neither its forward nor its hooks are changed.
        autocast: gives the context of the precision, without a cache of casts, which a capture does not allow.
        capture: makes a graphed function of a module and an example input.
    """

    def __init__(
        self,
        model: nn.Module,
        autocast: Callable[[], AbstractContextManager[object]],
        capture: Callable[[nn.Module, Tensor], Forward] | None = None,
    ) -> None:
        self._model, self._autocast = model, autocast
        self._capture = capture or _capture
        self._graphed: Forward | None = None
        self._shape: torch.Size | None = None

    @property
    def is_graphed(self) -> bool:
        """Return whether the network was captured."""
        return self._graphed is not None

    def prepare(self, inputs: Tensor) -> None:
        """Capture the network for inputs like these, at the first call; buffers and draws are as before afterwards.

        Where torch cannot capture the network, it runs without from then on.
        """
        if self._shape is not None:
            return
        self._shape = inputs.shape
        kept = {name: buffer.clone() for name, buffer in self._model.named_buffers()}
        devices = [inputs.device] if inputs.device.type == "cuda" else []
        try:
            with torch.random.fork_rng(devices=devices), self._autocast():
                self._graphed = self._capture(_Whole(self._model), inputs.detach().clone())
        except RuntimeError:
            self._graphed = None
        with torch.no_grad():
            for name, buffer in self._model.named_buffers():  # what the warm-up moved, such as moving averages
                buffer.copy_(kept[name])

    def __call__(self, inputs: Tensor) -> Tensor:
        """Return the network's output, by the graph where `inputs` have its shape."""
        if self._graphed is not None and inputs.shape == self._shape and self._model.training:
            return self._graphed(inputs)
        return self._model(inputs)


class _Whole(nn.Module):
    """A module around a network: torch replaces the forward of what it captures, and the network keeps its own."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, inputs: Tensor) -> Tensor:
        output: Tensor = self.model(inputs)
        return output


def _capture(module: nn.Module, example: Tensor) -> Forward:
    return cast(Forward, torch.cuda.make_graphed_callables(module, (example,)))
