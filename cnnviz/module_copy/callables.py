"""Copies of the callables that a network holds (hooks, functions in attributes), bound to its clone."""

import copy
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, MutableMapping, MutableSequence, MutableSet
from functools import partial
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.module_copy.wrappers import uncompile

Substitute = Callable[[Any], Any]
"""Maps a value of the original to its counterpart in the clone: the same object where nothing needs to differ."""

_PLAIN = frozenset((int, float, str, bool, bytes, complex, type(None), torch.dtype, torch.device, torch.Size, range))
_CONTAINERS = (list, dict, set, OrderedDict, defaultdict, deque)


class CloneMemo:
    """A callable from objects of the original to those of its clone; `memo`, by id, has those made so far.

    Functions and containers are copied, objects one level deep; a tensor or module that is not in `memo` is no part
    of the network and stays what it is.
    """

    def __init__(self, memo: dict[int, Any]) -> None:
        self._memo = memo
        self._kept: list[Any] = []  # so that no id in the memo is given to another

    def __call__(self, value: Any) -> Any:
        """Return the clone's counterpart of `value`."""
        return self._swapped(value, objects=True)

    def part(self, value: Any) -> Any:
        """Return the counterpart of a part of an object: further objects stay the same."""
        return self._swapped(value, objects=False)

    def _swapped(self, value: Any, *, objects: bool) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if id(value) in self._memo:
            return self._memo[id(value)]
        if isinstance(value, Tensor | nn.Module):
            return value
        if isinstance(value, FunctionType | MethodType | partial):
            return self._remember(value, copy_function(value, self.part))
        if kind is tuple:
            parts = tuple(map(self.part, value))
            return value if all(map(_is_same, parts, value)) else parts
        if kind in _CONTAINERS:
            made = self._remember(value, copy.copy(value))
            made.clear()
            if isinstance(made, dict):
                made.update((key, self.part(part)) for key, part in value.items())
            else:
                (made.update if isinstance(made, set) else made.extend)(map(self.part, value))
            return made
        return self._remember(value, copy_object(value, self.part)) if objects else value

    def _remember(self, value: Any, made: Any) -> Any:
        self._kept.append(value)
        self._memo[id(value)] = made
        return made


HOOKS = tuple(
    name
    for name, value in vars(nn.Module()).items()
    if "hooks" in name and "state_dict" not in name and isinstance(value, dict)
)
"""The attributes of a module that hold what runs around its forward and backward pass."""
FORWARD_HOOKS = tuple(name for name in HOOKS if "forward" in name)


def copy_hooks(module: nn.Module, swap: Substitute, names: tuple[str, ...] = HOOKS) -> dict[str, OrderedDict[int, Any]]:
    """Return the hooks of `module` for its copy: what they write goes to lists and tables of their own."""
    found = {}
    for name in names:
        held = getattr(module, name)
        found[name] = OrderedDict((key, _hook(hook, swap)) for key, hook in held.items() if not _stays_behind(hook))
    return found


def _stays_behind(hook: Any) -> bool:
    """Return whether a hook is for the original alone: a lazy module of torch finds its size, a copy is checked."""
    return getattr(hook, "__name__", "") in ("_infer_parameters", "check_in_place")


def _hook(hook: Any, swap: Substitute) -> Any:
    return hook if isinstance(hook, bool) else copy_function(hook, swap, alone=True)


def copy_function(function: Any, swap: Substitute, *, alone: bool = False) -> Any:
    """Return `function` as it is for the copy: bound to the copied module, its closure swapped.

    With `alone` also the lists and tables that it finds as global names are its own.
    """
    function = uncompile(function)
    if isinstance(function, MethodType):
        owner = swap(function.__self__)
        return function if owner is function.__self__ else MethodType(function.__func__, owner)
    if isinstance(function, partial):
        inner = copy_function(function.func, swap, alone=alone)
        args = [swap(value) for value in function.args]
        return partial(inner, *args, **{key: swap(value) for key, value in function.keywords.items()})
    if isinstance(function, FunctionType):
        return _copied_plain(function, swap, alone)
    return swap(function) if alone else function


def _copied_plain(function: FunctionType, swap: Substitute, alone: bool) -> FunctionType:
    cells = tuple(_cell(cell, swap) for cell in function.__closure__ or ())
    names = _own_globals(function, swap, alone)
    defaults = tuple(map(swap, function.__defaults__ or ())) or None
    unchanged = (
        all(map(_is_same, cells, function.__closure__ or ()))
        and names is function.__globals__
        and all(map(_is_same, defaults or (), function.__defaults__ or ()))
    )
    if unchanged:
        return function
    made = FunctionType(function.__code__, names, function.__name__, defaults, cells or None)
    made.__kwdefaults__ = function.__kwdefaults__
    made.__dict__.update(function.__dict__)
    return made


def _is_same(one: object, other: object) -> bool:
    return one is other


def _cell(cell: CellType, swap: Substitute) -> CellType:
    try:
        value = cell.cell_contents
    except ValueError:  # not filled yet: a function that names itself
        return cell
    other = swap(value)
    return cell if other is value else CellType(other)


def _own_globals(function: FunctionType, swap: Substitute, alone: bool) -> dict[str, Any]:
    """Return the global names of `function`, with the network's own objects swapped for the copy's."""
    kinds = (nn.Module, Tensor, MutableSequence, MutableMapping, MutableSet) if alone else (nn.Module,)
    swapped = {}
    for name in _names(function.__code__):
        value = function.__globals__.get(name)
        if isinstance(value, kinds) and (other := swap(value)) is not value:
            swapped[name] = other
    return {**function.__globals__, **swapped} if swapped else function.__globals__


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def copy_object(value: Any, swap: Substitute) -> Any:
    """Return a shallow copy of any object, with its own lists and tables and the network's parts swapped.

    What cannot be copied (a lock, a file) stays the same object: nothing that a forward pass computes with.
    """
    if not hasattr(value, "__dict__") or isinstance(value, type | ModuleType):
        return value
    try:
        made = copy.copy(value)
        made.__dict__.update({name: swap(part) for name, part in value.__dict__.items()})
    except Exception:
        return value
    return made
