"""Arguments of a function of torch, changed so that it runs where the tracer needs it."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor

from cnnviz.trace.function_names import RANDOM_FACTORIES, RANDOM_FILLS
from cnnviz.trace.recorded_call import map_nested


def run_on_values(func: Callable[..., Any], raw: str, args: Any, kwargs: dict[str, Any]) -> Any:
    """Run a function on numbers that the image has no part in; the random numbers of others stay theirs."""
    if raw == "cuda":
        return args[0]
    args, kwargs = map_nested(args, _on_cpu), map_nested(kwargs, _on_cpu)
    with torch.random.fork_rng(devices=()) if raw in RANDOM_FILLS else nullcontext():
        return func(*args, **kwargs)


def as_zeros(value: Any) -> Any:
    """Return zeros in the place of a tensor without numbers, and anything else as it is."""
    return torch.zeros(value.shape, dtype=value.dtype) if isinstance(value, Tensor) and value.is_meta else value


def _on_cpu(value: Any) -> Any:
    return torch.device("cpu") if isinstance(value, torch.device) or (type(value) is str and value == "meta") else value


def without_device(func: Any, raw: str, args: Any, kwargs: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    """Return the same call without a word on devices: a network is followed on none of them."""
    if raw in ("cpu", "cuda"):
        return Tensor.contiguous, args[:1], {}
    if raw == "to":
        args = (args[0], *(one for one in args[1:] if not isinstance(one, torch.device | str)))
        kwargs = {key: value for key, value in kwargs.items() if key not in ("device", "non_blocking")}
        if not any(isinstance(one, torch.dtype | Tensor) for one in (*args[1:], *kwargs.values())):
            return Tensor.contiguous, args[:1], {}
    elif "device" in kwargs and raw not in RANDOM_FACTORIES:
        kwargs = {key: value for key, value in kwargs.items() if key != "device"}
    return func, args, kwargs
