"""The score function f(x): a network and a target as one function, with progress and stop."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from inspect import Parameter, Signature
from math import isfinite
from typing import Any

import psutil
import torch
from torch import Tensor, nn

from cnnviz.attribution.target import Target
from cnnviz.errors import UserError

Progress = Callable[[int, int], None]
"""Called with the images that went through the network so far, and about how many there will be."""
Stop = Callable[[], bool]

MAX_BATCH = 256
MEMORY_SHARE = 0.25
"""The share of the free memory for the activations of one batch, or for kept gradients."""
MOST_BYTES = 400_000_000
"""Its upper limit in bytes."""

FORWARD_FOOTPRINT = 1.5
"""Peak bytes per byte of one image's activations without a gradient."""


def memory_budget() -> int:
    """Return the bytes that one computation may hold."""
    return int(min(MOST_BYTES, MEMORY_SHARE * psutil.virtual_memory().available))


def forward_peak_bytes(activations: int) -> int:
    """Return about how many bytes scores take at their peak, from the bytes of every layer's output for one image."""
    return int(FORWARD_FOOTPRINT * activations)


class Stopped(Exception):
    """Raised when the caller no longer wants the result."""


class ScoreFunction:
    """A function (N, C, H, W) -> (N,): the target's score through a cloned network, Captum's `forward_func`."""

    __signature__ = Signature([Parameter("images", Parameter.POSITIONAL_ONLY)])
    """Captum asks for it at every pass, and working it out takes as long as a small layer."""

    def __init__(
        self, network: nn.Module, target: Target, progress: Progress | None = None, stop: Stop | None = None
    ) -> None:
        self.network, self.target = network, target
        self._progress, self._stop = progress, stop
        self.images_done, self.images_expected = 0, 1
        self.first_score: float | None = None
        """f of the first image."""
        self.dtype: torch.dtype | None = None
        """The network's number format, where Captum may mix in others."""
        self.forward_passes = 0
        """Forward passes so far."""
        self._bytes = 1
        self.batch_size = 1
        """Images that fit into memory at once, known after `measure`."""
        self.reused: frozenset[nn.Module] = frozenset()
        """Modules without children that run more than once in a pass, known after `measure`."""

    def __call__(self, images: Tensor) -> Tensor:
        """Return f of every image.

        Raises:
            UserError: `attribution_output`, `attribution_target`, `attribution_same_target`, `attribution_not_finite`,
                or `attribution_no_gradient` if a gradient is needed and none flows back.
            Stopped: `stop()` was true.
        """
        self.check_stop()
        self.forward_passes += 1
        values = self._checked(self.network(images if self.dtype is None else images.to(self.dtype)))
        if torch.is_grad_enabled() and not values.requires_grad:
            raise UserError("attribution_no_gradient")
        self.images_done += images.shape[0]
        if self._progress is not None:
            self._progress(self.images_done, max(self.images_done, self.images_expected))
        return values

    def check_stop(self) -> None:
        """Raise if the caller wants to stop.

        Raises:
            Stopped: `stop()` was true.
        """
        if self._stop is not None and self._stop():
            raise Stopped

    def measure(self, images: Tensor) -> Tensor:
        """Return f of every image, without a graph; find the batch size that fits into memory."""
        numbers, calls = [0], list[nn.Module]()

        def count(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            numbers[0] += output.numel() if isinstance(output, Tensor) else 0
            calls.append(module)

        leaves = [module for module in self.network.modules() if not any(module.children())]
        handles = [leaf.register_forward_hook(count) for leaf in leaves]
        try:
            with torch.no_grad():
                values = self(images)
        finally:
            for handle in handles:
                handle.remove()
        if len(calls) > len(leaves):
            self.reused = frozenset(module for module, count in Counter(calls).items() if count > 1)
        one = max(1, 2 * 4 * numbers[0] // len(images))  # each value, and the gradient there
        self._bytes = one
        self.batch_size = self.batch_size_with(0)
        return values

    def batch_size_with(self, more: int) -> int:
        """Return the batch size where each image takes `more` bytes beside its activations; known after `measure`."""
        return min(MAX_BATCH, max(1, memory_budget() // (self._bytes + more)))

    def _checked(self, logits: object) -> Tensor:
        if not isinstance(logits, Tensor) or logits.dim() != 2:
            shape = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
            raise UserError("attribution_output", got=shape)
        self.target.check(logits.shape[1])
        values = self.target.score(logits)
        numbers = values.tolist()
        if not all(map(isfinite, numbers)):
            raise UserError("attribution_not_finite")
        if self.first_score is None:
            self.first_score = numbers[0]
        return values

    def in_batches(self, count: int, make: Callable[[int, int], Tensor]) -> Tensor:
        """Return f, (count,), without a graph, of images made batch by batch by `make(first, after_last)`."""
        with torch.no_grad():
            return torch.cat(
                [self(make(first, min(count, first + self.batch_size))) for first in range(0, count, self.batch_size)]
            )

    def gradient(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return f (N,) and ∂f/∂x (N, C, H, W) of every image."""
        with torch.enable_grad():
            watched = images.detach().requires_grad_()
            values = self(watched)
            (slopes,) = torch.autograd.grad(values if values.shape[0] == 1 else values.sum(), watched)
        return values.detach(), slopes


class ScoreModule(nn.Module):
    """A `ScoreFunction` as a module that contains the network, for methods that hook the network's layers."""

    def __init__(self, question: ScoreFunction, around: AbstractContextManager[Any] | None = None) -> None:
        super().__init__()
        self.network = question.network
        self._question, self._around = question, around or nullcontext()

    def forward(self, images: Tensor) -> Tensor:
        """Map (N, C, H, W) to (N,), in the context `around`."""
        with self._around:
            return self._question(images)
