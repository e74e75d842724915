"""Seeded random numbers for one call, independent of other threads."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

RANDOM_FUNCTIONS = frozenset(
    (
        torch.bernoulli,
        torch.multinomial,
        torch.normal,
        torch.rand,
        torch.randint,
        torch.randn,
        torch.randperm,
        Tensor.bernoulli_,
        Tensor.multinomial,
        Tensor.normal_,
        Tensor.random_,
        Tensor.uniform_,
        nn.init.kaiming_uniform_,
        nn.init.normal_,
        nn.init.uniform_,
    )
)
P = ParamSpec("P")
R = TypeVar("R")
_numpy_lock = Lock()


def make_generator(seed: int, use: str) -> torch.Generator:
    """Return a generator for one `use` of a seed, apart from torch's global one."""
    digest = blake2b(f"{use}/{seed}".encode(), digest_size=7).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big"))


class SeededTorchRandom(TorchFunctionMode):
    """A context in which torch draws in this thread what it would draw after `torch.manual_seed(seed)`.

    Captum draws from torch's global generators, which all threads share. Here the same functions get a generator of
    this call, one a device, so that the global ones are neither read nor moved.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._seed = seed
        self._generators: dict[torch.device, torch.Generator] = {}

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if function in RANDOM_FUNCTIONS and kwargs.get("generator") is None:
            first = next((one for one in (*args, kwargs.get("tensor")) if isinstance(one, Tensor)), None)
            kwargs = {**kwargs, "generator": self._generator(kwargs.get("device") if first is None else first.device)}
        return function(*args, **kwargs)

    def _generator(self, device: Any) -> torch.Generator:
        place = torch.device(device or "cpu")
        if place not in self._generators:
            self._generators[place] = torch.Generator(place).manual_seed(self._seed)
        return self._generators[place]


class SeededNumpyRandom:
    """A context in which NumPy draws what it would after `numpy.random.seed(seed)`; afterwards it goes on as before.

    NumPy's global generator cannot be replaced for one thread, so a lock lets one call at a time draw from it. It is
    held while Captum draws and not while the network runs: that part goes through `paused`.
    """

    def __init__(self, seed: int) -> None:
        self._own = np.random.RandomState(seed % 2**32).get_state()
        self._global = self._own

    def __enter__(self) -> SeededNumpyRandom:
        _numpy_lock.acquire()
        self._global = np.random.get_state()
        np.random.set_state(self._own)
        return self

    def __exit__(self, *error: object) -> None:
        self._own = np.random.get_state()
        np.random.set_state(self._global)
        _numpy_lock.release()

    def paused(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return `function` wrapped to run without the lock, on NumPy's global generator."""

        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            self.__exit__()
            try:
                return function(*args, **kwargs)
            finally:
                self.__enter__()

        return run
