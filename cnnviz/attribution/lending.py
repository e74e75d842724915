"""Copies of a network that are used again: what a call does not spoil, the next one need not make."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from operator import is_
from threading import Lock
from types import BuiltinFunctionType, FunctionType
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from cnnviz.attribution.isolation import EVERY, HOOKS, PLAIN, isolated

MOST_IDLE = 2
"""Copies of one network that wait for the next call; each weighs what its buffers weigh."""
_UNCHANGING = PLAIN | {type, FunctionType, BuiltinFunctionType}


class _Unclear(Exception):
    """A module that keeps something whose changes cannot be seen from outside."""


class _State:
    """What the forward passes of some networks read, to be compared with what it is later.

    Attributes by value, modules and tensors by identity, tensors by their place in memory too, and buffers by how
    often they were written.
    """

    def __init__(self, *networks: nn.Module) -> None:
        self._attributes: list[Collection[Any]] = []
        self._parts: list[Collection[Any]] = []
        self._weights: list[Tensor] = []
        self._buffers: list[Tensor] = []
        for module in chain.from_iterable(network.modules() for network in networks):
            inside = vars(module)
            self._attributes.append(inside.values())
            self._parts += [inside[name].values() for name in ("_parameters", "_buffers", "_modules")]
            self._weights += _there(module._parameters.values())
            self._buffers += _there(module._buffers.values())
            for name in inside.keys() - EVERY:
                value = inside[name]
                if type(value) in (list, tuple) and all(type(one) in PLAIN for one in value):
                    self._attributes.append(value)
                elif type(value) not in _UNCHANGING:
                    raise _Unclear
        self._values = [*chain.from_iterable(self._attributes)]
        self._objects = [*chain.from_iterable(self._parts)]
        if any(one is network for one in self._objects for network in networks):  # kept here, never let go
            raise _Unclear
        self._marks = self._measure()

    def _measure(self) -> list[int]:
        return [*map(Tensor.data_ptr, self._weights), *map(Tensor.data_ptr, self._buffers),
                *(tensor._version for tensor in self._buffers)]

    @property
    def stands(self) -> bool:
        """Whether nothing is other than it was."""
        objects = [*chain.from_iterable(self._parts)]
        try:
            return (len(objects) == len(self._objects) and all(map(is_, objects, self._objects))
                    and [*chain.from_iterable(self._attributes)] == self._values and self._measure() == self._marks)
        except (RuntimeError, ValueError):  # a tensor or an array where none was
            return False


class _Copy:
    """An isolated copy, with its state and that of the network that it was made from."""

    def __init__(self, model: nn.Module) -> None:
        self.network, self.device = isolated(model), _device(model)
        self._state = _State(model, self.network)
        self._hooks = [vars(module)[name] for module in self.network.modules() for name in HOOKS]

    @property
    def stands(self) -> bool:
        """Whether neither has changed, and no hook hangs on the copy."""
        return not any(self._hooks) and self._state.stands


_idle: WeakKeyDictionary[nn.Module, list[_Copy]] = WeakKeyDictionary()
_lock = Lock()


@contextmanager
def borrowed(model: nn.Module) -> Iterator[tuple[nn.Module, torch.device | None]]:
    """A copy as `isolated` makes it, for one caller at a time, and where its weights are (None: it has none).

    A copy whose call came to its end waits for the next one, which takes it where copy and model are as they were: no
    module, attribute, buffer or hook other than before. After an exception it is thrown away.
    """
    copy = _take(model)
    if copy is None:
        yield isolated(model), _device(model)
        return
    yield copy.network, copy.device
    with _lock:
        waiting = _idle.setdefault(model, [])
        if len(waiting) < MOST_IDLE:
            waiting.append(copy)


def _take(model: nn.Module) -> _Copy | None:
    """A copy that was given back and is still one of the model, or a new one; None where none could be used again."""
    with _lock:
        waiting = _idle.get(model)
        copy = waiting.pop() if waiting else None
    if copy is not None and copy.stands:
        return copy
    try:
        return _Copy(model)
    except (_Unclear, RuntimeError):  # tensors of inference mode count no versions
        return None


def _device(model: nn.Module) -> torch.device | None:
    first = next(model.parameters(), None)
    return None if first is None else first.device


def _there(tensors: Iterable[Tensor | None]) -> list[Tensor]:
    return [tensor for tensor in tensors if tensor is not None]
