"""A network of one's own that shares the weights of another: to hook, rewire and question without a trace."""

from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor, nn

EVERY = frozenset(vars(nn.Module()))
HOOKS = tuple(name for name, value in vars(nn.Module()).items() if "hooks" in name and isinstance(value, dict))
PLAIN = frozenset((bool, int, float, str, type(None), torch.device, torch.dtype))


def isolated(model: nn.Module) -> nn.Module:
    """A copy of `model` in evaluation mode: same weights in memory, its own modules, buffers and attributes.

    Nothing done to the copy reaches the model, whatever happens in between, so that threads can question one
    model side by side. Hooks are left behind, parameters need no gradient, nothing works in place. It costs
    microseconds a module, and the memory of the buffers.
    """
    return _copy(model, {})


def _copy(module: nn.Module, made: dict[int, Any]) -> nn.Module:
    if id(module) in made:
        known: nn.Module = made[id(module)]
        return known
    copy: nn.Module = module.__new__(type(module))
    made[id(module)] = copy
    inside = copy.__dict__
    inside.update(vars(module))
    for name in HOOKS:
        inside[name] = type(inside[name])()
    for name in inside.keys() - EVERY:
        value = inside[name]
        if type(value) not in PLAIN:
            inside[name] = _value(value, made)
    inside["_parameters"] = {name: _parameter(value, made) for name, value in module._parameters.items()}
    inside["_buffers"] = {
        name: None if value is None else value.detach().clone() for name, value in module._buffers.items()
    }
    inside["_modules"] = {
        name: None if child is None else _copy(child, made) for name, child in module._modules.items()
    }
    inside["training"] = False
    if inside.get("inplace") is True:
        inside["inplace"] = False
    return copy


def _parameter(value: Tensor | None, made: dict[int, Any]) -> Tensor | None:
    if value is None or not value.requires_grad:
        return value
    if id(value) not in made:
        made[id(value)] = value.detach()
    shared: Tensor = made[id(value)]
    return shared


def _value(value: Any, made: dict[int, Any]) -> Any:
    """An attribute: modules, tensors and containers copied, everything else the same object."""
    if type(value) is tuple and all(type(one) in PLAIN for one in value):
        return value
    if type(value) in (list, tuple):
        return type(value)([_value(one, made) for one in value])
    if type(value) in (dict, OrderedDict):
        return type(value)([(key, _value(one, made)) for key, one in value.items()])
    if isinstance(value, nn.Module):
        return _copy(value, made)
    if isinstance(value, Tensor):
        return value.detach().clone()
    return set(value) if type(value) is set else value
