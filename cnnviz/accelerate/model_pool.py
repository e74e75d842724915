"""A pool of model clones, reused when the call that held them left them unchanged."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from itertools import chain
from operator import getitem, is_
from threading import Lock
from types import BuiltinFunctionType, FunctionType
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from cnnviz.accelerate.fast_paths import is_enabled
from cnnviz.module_copy.callables import HOOKS
from cnnviz.module_copy.checks import input_dtype
from cnnviz.module_copy.clone import MODULE_ATTRIBUTES, PLAIN_TYPES, clone_sharing_weights
from cnnviz.module_copy.wrappers import unwrap

PARTS = ("_parameters", "_buffers", "_modules")
MOST_IDLE = 2
"""Clones of one network that wait for the next call; each takes the memory of its buffers."""
_UNCHANGING = PLAIN_TYPES | {type, FunctionType, BuiltinFunctionType}


class _Untrackable(Exception):
    """Raised for a module with an attribute whose changes cannot be detected from outside."""


class _CloneState:
    """Everything that the forward passes of a network and of its clone read, to detect later changes.

    Attributes, modules and tensors by identity, tensors by their place in memory too, and buffers by how often they
    were written. Of the clone's modules those of torch write into their buffers alone: there it is enough to see that
    they are the same. It is checked before every map, so that the loops are those of `map` and `chain`.
    """

    def __init__(self, model: nn.Module, copy: nn.Module) -> None:
        self._all: list[Collection[Any]] = []
        self._full: list[Collection[Any]] = []
        self._weights: list[Tensor] = []
        self._buffers: list[Tensor] = []
        self._holders: list[dict[str, Any]] = []
        self._names: list[str] = []
        for module in model.modules():
            self._add(module, vars(module).keys() - MODULE_ATTRIBUTES)
        self._weights += _there(model.parameters())  # whose memory the copy's share
        for module in copy.modules():
            torchs = type(module).__module__.startswith("torch.nn.modules.")
            if not torchs:
                self._add(module, vars(module).keys() - MODULE_ATTRIBUTES)
            elif module._modules:
                self._add(module, ())
            else:
                self._buffers += _there(module._buffers.values())
        self._sizes = [*map(len, self._all)]
        self._objects = [*chain.from_iterable(self._full)]
        if any(one is model or one is copy for one in self._objects):  # kept here, never let go
            raise _Untrackable
        self._values = [*map(getitem, self._holders, self._names)]
        self._marks = self._measure()

    def _add(self, module: nn.Module, names: Collection[str]) -> None:
        inside = vars(module)
        parts: list[Collection[Any]] = [inside[name] for name in PARTS]
        for value in map(inside.__getitem__, names):
            if type(value) in (list, tuple) and all(type(one) in PLAIN_TYPES for one in value):
                parts.append(value)
            elif type(value) not in _UNCHANGING:
                raise _Untrackable
        self._all += [inside, *parts]
        self._full += [part.values() if isinstance(part, dict) else part for part in parts if part]
        self._buffers += _there(module._buffers.values())
        names = ("training", *PARTS, *names)
        self._holders += [inside] * len(names)
        self._names += names

    def _measure(self) -> list[int]:
        return [
            *map(Tensor.data_ptr, self._weights),
            *map(Tensor.data_ptr, self._buffers),
            *(tensor._version for tensor in self._buffers),
        ]

    @property
    def is_unchanged(self) -> bool:
        """Return whether everything is as it was recorded."""
        try:
            return (
                [*map(len, self._all)] == self._sizes
                and all(map(is_, chain.from_iterable(self._full), self._objects))
                and all(map(is_, map(getitem, self._holders, self._names), self._values))
                and self._measure() == self._marks
            )
        except (KeyError, RuntimeError):  # an attribute gone, something other where a tensor was
            return False


class _PooledClone:
    """A clone in the pool, with its state and that of the network it was made from."""

    def __init__(self, model: nn.Module) -> None:
        self.network = clone_sharing_weights(model)
        self.device, self.dtype = _device(model), input_dtype(self.network)
        self._state = _CloneState(model, self.network)
        self._hooks = [
            vars(module)[name] for one in (model, self.network) for module in one.modules() for name in HOOKS
        ]

    @property
    def is_valid(self) -> bool:
        """Return whether neither network has changed or carries a hook."""
        return not any(self._hooks) and self._state.is_unchanged


_idle: WeakKeyDictionary[nn.Module, deque[_PooledClone]] = WeakKeyDictionary()
_lock = Lock()


class leased_clone:  # noqa: N801
    """A context that lends one caller a clone of the model: (clone, device or None without weights, dtype).

    A clone whose call ended waits for the next one, which takes it if clone and model are as they were: the same
    modules, attributes, buffers and hooks. After an exception it is thrown away. Without the pool each call gets a
    fresh clone. It is a class because a generator costs as much as the rest of it.
    """

    __slots__ = ("_copy", "_idle", "_model")

    def __init__(self, model: nn.Module) -> None:
        self._model = unwrap(model)

    def __enter__(self) -> tuple[nn.Module, torch.device | None, torch.dtype]:
        model = self._model
        self._idle = _idle_clones(model) if is_enabled("model_pool") else None
        self._copy = copy = None if self._idle is None else _take(model, self._idle)
        if copy is not None:
            return copy.network, copy.device, copy.dtype
        fresh = clone_sharing_weights(model)
        return fresh, _device(model), input_dtype(fresh)

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None and self._idle is not None and self._copy is not None:
            self._idle.append(self._copy)


def _idle_clones(model: nn.Module) -> deque[_PooledClone]:
    known = _idle.get(model)
    if known is not None:
        return known
    with _lock:
        return _idle.setdefault(model, deque(maxlen=MOST_IDLE))


def _take(model: nn.Module, idle: deque[_PooledClone]) -> _PooledClone | None:
    """Return a returned clone that is still valid, or a new one; None where none could be reused."""
    try:
        copy = idle.pop()
    except IndexError:
        copy = None
    if copy is not None and copy.is_valid:
        return copy
    if any(vars(module)[name] for module in model.modules() for name in HOOKS):
        return None  # what a hook remembers cannot be seen from outside
    try:
        return _PooledClone(model)
    except (_Untrackable, RuntimeError):  # tensors of inference mode count no versions
        return None


def _device(model: nn.Module) -> torch.device | None:
    first = next(model.parameters(), None)
    return None if first is None else first.device


def _there(tensors: Iterable[Tensor | None]) -> list[Tensor]:
    return [tensor for tensor in tensors if tensor is not None]
