"""f(x): a network and a target as one function, which tells how far it is and stops when asked."""

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
"""Told the images that went through the network so far, and how many there will be about."""
Stop = Callable[[], bool]

MAX_BATCH = 256
MEMORY_SHARE = 0.25
"""Of the free memory, for the activations of one batch, or the gradients that are kept."""
MOST_BYTES = 400_000_000
"""The same in bytes, on a machine with plenty."""


def memory_budget() -> int:
    """Bytes that one computation may hold."""
    return int(min(MOST_BYTES, MEMORY_SHARE * psutil.virtual_memory().available))


class Stopped(Exception):
    """The one who asked does not want to know any more."""


class ScoreFunction:
    """(N, C, H, W) -> (N,), through a network of one's own."""

    __signature__ = Signature([Parameter("images", Parameter.POSITIONAL_ONLY)])
    """Captum asks for it at every pass, and working it out takes as long as a small layer."""

    def __init__(
        self, network: nn.Module, target: Target, progress: Progress | None = None, stop: Stop | None = None
    ) -> None:
        self.network, self.target = network, target
        self._progress, self._stop = progress, stop
        self.passed, self.expected = 0, 1
        self.first: float | None = None
        """f of the first image that was asked for."""
        self.dtype: torch.dtype | None = None
        """The network's number format, where Captum may mix in others."""
        self.passes = 0
        """How often the network ran."""
        self._bytes = 1
        self.batch = 1
        """Images at once, known after `measure`."""
        self.reused: frozenset[nn.Module] = frozenset()
        """Modules without children that run more than once in a pass, known after `measure`."""

    def __call__(self, images: Tensor) -> Tensor:
        """f of every image.

        Raises:
            UserError: `attribution_output`, `attribution_target`, `attribution_same_target`, `attribution_not_finite`,
                or `attribution_no_gradient` where a gradient is wanted and none flows back.
            Stopped: `stop()` was true.
        """
        self.check_stop()
        self.passes += 1
        values = self._checked(self.network(images if self.dtype is None else images.to(self.dtype)))
        if torch.is_grad_enabled() and not values.requires_grad:
            raise UserError("attribution_no_gradient")
        self.passed += images.shape[0]
        if self._progress is not None:
            self._progress(self.passed, max(self.passed, self.expected))
        return values

    def check_stop(self) -> None:
        """Nothing, unless the work is to be left.

        Raises:
            Stopped: `stop()` was true.
        """
        if self._stop is not None and self._stop():
            raise Stopped

    def measure(self, images: Tensor) -> Tensor:
        """f of every image, without a graph; finds how many images fit into memory at once."""
        numbers, calls = [0], list[nn.Module]()

        def count(module: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
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
        self.batch = self.batch_beside(0)
        return values

    def batch_beside(self, more: int) -> int:
        """Images at once where each takes `more` bytes beside its activations; known after `measure`."""
        return min(MAX_BATCH, max(1, memory_budget() // (self._bytes + more)))

    def _checked(self, logits: object) -> Tensor:
        if not isinstance(logits, Tensor) or logits.dim() != 2:
            shape = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
            raise UserError("attribution_output", got=shape)
        self.target.check(logits.shape[1])
        values = self.target.of(logits)
        numbers = values.tolist()
        if not all(map(isfinite, numbers)):
            raise UserError("attribution_not_finite")
        if self.first is None:
            self.first = numbers[0]
        return values

    def in_batches(self, count: int, make: Callable[[int, int], Tensor]) -> Tensor:
        """f without a graph of `count` images, made a batch at a time by `make(first, after_last)`: (count,)."""
        with torch.no_grad():
            return torch.cat(
                [self(make(first, min(count, first + self.batch))) for first in range(0, count, self.batch)]
            )

    def gradient(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """f (N,) and ∂f/∂x (N, C, H, W) of every image."""
        with torch.enable_grad():
            watched = images.detach().requires_grad_()
            values = self(watched)
            (slopes,) = torch.autograd.grad(values if values.shape[0] == 1 else values.sum(), watched)
        return values.detach(), slopes


class ScoreModule(nn.Module):
    """A `ScoreFunction` as a module with the network inside, for methods that hook the network's layers."""

    def __init__(self, question: ScoreFunction, around: AbstractContextManager[Any] | None = None) -> None:
        super().__init__()
        self.network = question.network
        self._question, self._around = question, around or nullcontext()

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) -> (N,), inside the context `around`."""
        with self._around:
            return self._question(images)
