"""A recorded call run again with real numbers."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.trace.module_clone import ModuleClone
from cnnviz.trace.recorded_call import OutputRef, RecordedCall, WeightRef, map_nested, tensors_in

Fetch = Callable[[OutputRef], Tensor]
"""From a reference to the tensor that an earlier call gave."""


def rerun(call: RecordedCall, shadow: ModuleClone, fetch: Fetch) -> tuple[Tensor, ...]:
    """Return the outputs of `call` on the modules of `shadow`; neither its inputs nor its weights are written to."""

    def thaw(value: Any) -> Any:
        return resolve(value, shadow, fetch)

    args, kwargs = _resolve_nested(call.args, thaw), _resolve_nested(dict(call.kwargs), thaw)
    with nullcontext() if call.autocast is None else torch.autocast("cpu", call.autocast):
        if isinstance(call.target, str):
            return tuple(tensors_in(prepared_module(call, shadow, fetch).forward(*args, **kwargs)))
        if call.in_place:
            if args:
                args = (args[0].clone(), *args[1:])
            else:
                kwargs["input"] = kwargs["input"].clone()
        result = call.target(*args, **kwargs)
    return (args[0],) if result is None else tuple(tensors_in(result))


def prepared_module(call: RecordedCall, shadow: ModuleClone, fetch: Fetch) -> nn.Module:
    """Return the module that `call` ran, with the weights that hooks or code had just computed for it."""
    assert isinstance(call.target, str)
    module = shadow.module(call.target)
    for name, value in call.attributes.items():
        tensor = resolve(value, shadow, fetch)
        if name in module._parameters:
            module._parameters[name] = tensor
        else:
            setattr(module, name, tensor)
    if isinstance(module, nn.RNNBase) and call.attributes:
        module._flat_weights = [getattr(module, name) for name in module._flat_weights_names]
    return module


def resolve(value: Any, shadow: ModuleClone, fetch: Fetch) -> Any:
    """Return the tensor that stands for `value` in a real pass: that of a reference, or of a place of the model."""
    if isinstance(value, OutputRef):
        return fetch(value)
    return shadow.tensor(value.source) if isinstance(value, WeightRef) else value


def _resolve_nested(value: Any, thaw: Callable[[Any], Any]) -> Any:
    """Return frozen arguments with tensors in place of references; a reference is a tuple, too."""
    if isinstance(value, OutputRef | WeightRef):
        return thaw(value)
    if type(value) in (tuple, list):
        return type(value)(_resolve_nested(part, thaw) for part in value)
    if isinstance(value, dict):
        return {key: _resolve_nested(part, thaw) for key, part in value.items()}
    return map_nested(value, thaw)
