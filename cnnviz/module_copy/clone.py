"""A clone of a network that shares its weights: hooking or rewiring it leaves the original untouched."""

from collections import OrderedDict
from collections.abc import Collection, Iterator
from functools import partial
from types import FunctionType, MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnviz.errors import UserError
from cnnviz.module_copy.callables import HOOKS, CloneMemo, copy_function, copy_hooks
from cnnviz.module_copy.checks import check_readable, check_weights
from cnnviz.module_copy.wrappers import named_modules, uncompile, unwrap

MODULE_ATTRIBUTES = frozenset(vars(nn.Module()))
STATE_HOOKS = tuple(
    name
    for name, value in vars(nn.Module()).items()
    if "hooks" in name and isinstance(value, dict) and name not in HOOKS
)
PLAIN_TYPES = frozenset((bool, int, float, str, type(None), torch.device, torch.dtype))


def clone_sharing_weights(model: nn.Module) -> nn.Module:
    """Return a clone of `model` in evaluation mode: same weights in memory, its own modules, buffers and attributes.

    No change to the clone reaches the model, so that threads can use one model side by side. Its hooks are copies,
    which write into lists, tables and weights of their own; wrappers and compiled code are left out, parameters need no
    gradient, layers do not work in place. It costs microseconds a module, and the memory of the buffers.

    Raises:
        UserError: `network_script`, `network_quantized`, `network_sparse` or `network_no_weights`; the clone raises
            `network_in_place` at its first call if a layer overwrites in place what is read again.
    """
    check_readable(model)
    check_weights(model)
    written = any(vars(module)[name] for _, module in named_modules(model) for name in HOOKS)
    copy = _copy(model, {}, own_weights=written)
    in_place = [name for name, module in named_modules(model) if getattr(module, "inplace", None) is True]
    if in_place:
        _check_at_first_call(copy, in_place)
    return copy


class _InPlaceGuard(TorchFunctionMode):
    """A context that refuses to read a tensor again that a layer working in place would have overwritten."""

    def __init__(self) -> None:
        super().__init__()
        self.spent: dict[int, tuple[Tensor, str]] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if self.spent and isinstance(result, Tensor):
            for tensor in _tensors((args, list((kwargs or {}).values()))):
                held = self.spent.get(tensor.untyped_storage()._cdata)
                if held is not None:
                    raise UserError("network_in_place", layer=held[1])
        return result


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _tensors(part)


def _check_at_first_call(network: nn.Module, names: Collection[str]) -> None:
    """Make `network` refuse its first images where a layer of `names` overwrites, in the original, what is read again.

    It is found on a copy, so that no hook of a method hears of it.
    """

    def check_in_place(_network: nn.Module, images: tuple[Any, ...]) -> None:
        own.remove()
        reading, twin = _InPlaceGuard(), _copy(network, {}, own_weights=False)
        layers = {twin.get_submodule(name): name for name in names}

        def spend(layer: nn.Module, given: tuple[Any, ...], output: object) -> None:
            if given and isinstance(given[0], Tensor) and isinstance(output, Tensor):
                storage = given[0].untyped_storage()._cdata
                if storage != output.untyped_storage()._cdata:
                    reading.spent[storage] = given[0], layers[layer]

        for layer in layers:
            layer.register_forward_hook(spend, prepend=True)
        with torch.no_grad(), reading:
            twin.forward(*images)

    own = network.register_forward_pre_hook(check_in_place)


def _no_hooks() -> dict[str, Any]:
    return {name: OrderedDict() for name in HOOKS}


def _copy(module: nn.Module, made: dict[int, Any], own_weights: bool) -> nn.Module:
    module = unwrap(module)
    if id(module) in made:
        known: nn.Module = made[id(module)]
        return known
    copy: nn.Module = object.__new__(type(module))
    made[id(module)] = copy
    inside = copy.__dict__
    inside.update(vars(module))
    for name in STATE_HOOKS:
        inside[name] = type(inside[name])()
    inside["_compiled_call_impl"] = None
    if uncompile(type(module).forward) is not type(module).forward:
        inside["forward"] = MethodType(uncompile(type(module).forward), copy)
    for name in inside.keys() - MODULE_ATTRIBUTES:
        value = inside[name]
        if type(value) not in PLAIN_TYPES:
            inside[name] = _value(value, made, own_weights)
    inside["_parameters"] = {name: _parameter(value, made, own_weights) for name, value in module._parameters.items()}
    inside["_buffers"] = {
        name: None if value is None else value.detach().clone() for name, value in module._buffers.items()
    }
    inside["_modules"] = {
        name: None if child is None else _copy(child, made, own_weights) for name, child in module._modules.items()
    }
    inside.update(copy_hooks(module, CloneMemo(made)) if any(map(inside.__getitem__, HOOKS)) else _no_hooks())
    inside["training"] = False
    if inside.get("inplace") is True:
        inside["inplace"] = False
    return copy


def _parameter(value: Tensor | None, made: dict[int, Any], own_weights: bool) -> Tensor | None:
    """Return the weight without a gradient, in the same memory; in memory of its own where hooks might write there."""
    if value is None or not (value.requires_grad or own_weights):
        return value
    if id(value) not in made:
        made[id(value)] = value.detach().clone() if own_weights else value.detach()
    shared: Tensor = made[id(value)]
    return shared


def _value(value: Any, made: dict[int, Any], own_weights: bool) -> Any:
    """Return the clone's value of an attribute: modules, tensors and containers copied, all else the same object."""
    if type(value) is tuple and all(type(one) in PLAIN_TYPES for one in value):
        return value
    if type(value) in (list, tuple):
        return type(value)([_value(one, made, own_weights) for one in value])
    if type(value) in (dict, OrderedDict):
        return type(value)([(key, _value(one, made, own_weights)) for key, one in value.items()])
    if isinstance(value, nn.Module):
        return _copy(value, made, own_weights)
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, FunctionType | MethodType | partial):
        return copy_function(value, CloneMemo(made))
    return set(value) if type(value) is set else value
