"""A network of one's own that shares the weights of another: to hook, rewire and question without a trace."""

from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor, nn

_HOOKS = tuple(name for name, value in vars(nn.Module()).items() if isinstance(value, OrderedDict | dict)
               and "hooks" in name)


def isolated(model: nn.Module) -> nn.Module:
    """A copy of `model` in evaluation mode: same weights in memory, its own modules, buffers and attributes.

    Nothing done to the copy reaches the model, whatever happens in between, so that threads can question one
    model side by side. Hooks are left behind, parameters need no gradient, nothing works in place. It costs
    microseconds a module, and the memory of the buffers.
    """
    made: dict[int, Any] = {}
    return _copy(model, made)


def _copy(module: nn.Module, made: dict[int, Any]) -> nn.Module:
    if id(module) in made:
        known: nn.Module = made[id(module)]
        return known
    copy: nn.Module = module.__new__(type(module))
    made[id(module)] = copy
    for name, value in vars(module).items():
        copy.__dict__[name] = type(value)() if name in _HOOKS else _value(value, made)
    copy.__dict__["_parameters"] = {name: _parameter(value, made) for name, value in module._parameters.items()}
    copy.__dict__["_buffers"] = {name: None if value is None else value.detach().clone()
                                 for name, value in module._buffers.items()}
    copy.__dict__["_modules"] = {name: None if child is None else _copy(child, made)
                                 for name, child in module._modules.items()}
    copy.__dict__["training"] = False
    if getattr(copy, "inplace", False) is True:
        copy.__dict__["inplace"] = False
    return copy


def _parameter(value: Tensor | None, made: dict[int, Any]) -> Tensor | None:
    if value is None:
        return None
    if id(value) not in made:
        made[id(value)] = nn.Parameter(value.detach(), requires_grad=False)
    shared: Tensor = made[id(value)]
    return shared


def _value(value: Any, made: dict[int, Any]) -> Any:
    """An attribute: modules and containers copied, everything else the same object."""
    if isinstance(value, nn.Module):
        return _copy(value, made)
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if type(value) in (list, tuple):
        return type(value)(_value(one, made) for one in value)
    if type(value) in (dict, OrderedDict):
        return type(value)((key, _value(one, made)) for key, one in value.items())
    return set(value) if type(value) is set else value
