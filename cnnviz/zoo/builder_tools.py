"""Tools of the builders: channel scaling, and the shape that a trunk leaves."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnviz.accelerate.fast_paths import is_enabled
from cnnviz.accelerate.output_shapes import KEEPS_SHAPE, empty_output, empty_result


class NoPixelsLeft(Exception):
    """The image has no pixel left for a layer; `layer` is its dotted name."""

    def __init__(self, layer: str) -> None:
        super().__init__(layer)
        self.layer = layer


def scale_channels(channels: int, width: float) -> int:
    """Return `channels` times the width multiplier, rounded down, at least 1."""
    return max(1, int(channels * width))


def shape_after(make: Callable[[], nn.Module], input_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape, without the batch, that the module made by `make` gives for one image; costs no memory.

    Raises:
        NoPixelsLeft: the image is too small for one of its layers.
    """
    with torch.device("meta"):
        return run_on_meta(make().eval(), input_shape)


def run_on_meta(module: nn.Module, input_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the output shape, without the batch, of a module whose weights are on the meta device.

    Layers that keep every shape are passed over, which makes a deep network several times as fast to check.

    Raises:
        NoPixelsLeft: the image is too small for one of its layers.
    """
    entered = [""]

    def enter(layer: nn.Module, _args: tuple[Tensor, ...]) -> None:
        entered[0] = names[layer]

    leaves = {layer: name for name, layer in module.named_modules() if not any(layer.children())}
    passed_over = KEEPS_SHAPE if is_enabled("output_shapes") else ()
    kept = [layer for layer in leaves if isinstance(layer, passed_over)]
    names = {layer: name for layer, name in leaves.items() if not isinstance(layer, passed_over)}
    handles = [layer.register_forward_pre_hook(enter) for layer in names]
    try:
        for layer in kept:
            layer.__dict__["forward"] = _unchanged
        for layer in names:
            layer.__dict__["forward"] = partial(_by_formula, layer)
        with torch.no_grad(), _ShapeFormulas():
            output: Tensor = module(torch.empty(1, *input_shape, device="meta"))
    except RuntimeError as error:
        raise NoPixelsLeft(entered[0]) from error
    finally:
        for handle in handles:
            handle.remove()
        for layer in leaves:
            layer.__dict__.pop("forward", None)
    return tuple(output.shape[1:])


def _unchanged(input: Tensor) -> Tensor:
    return input


def _by_formula(layer: nn.Module, *args: Any, **kwargs: Any) -> Any:
    known = empty_output(layer, args[0]) if len(args) == 1 and not kwargs else None
    return type(layer).forward(layer, *args, **kwargs) if known is None else known


class _ShapeFormulas(TorchFunctionMode):
    """A context in which joins of branches have their shape by formula."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        known = empty_result(func, args, kwargs or {})
        return func(*args, **(kwargs or {})) if known is None else known
