"""What hooks hear of a network on the meta device: an account independent of `cnnviz.trace`."""

from dataclasses import dataclass
from functools import cache
from math import prod

import torch
from torch import nn

from cnnviz.options import format_value, unmet
from cnnviz.zoo import architecture, build


@dataclass(frozen=True)
class Call:
    """One call of one leaf module."""

    name: str
    layer: nn.Module
    kind: str
    shape: tuple[int, ...]
    params: int
    macs: int


def calls(model: nn.Module, shape: tuple[int, int, int]) -> list[Call]:
    """Every call of a leaf module for one image of `shape`, in order; `model` is on the meta device."""
    heard: list[Call] = []

    def listen(name):
        def hook(layer, _inputs, output):
            out = tuple(output.shape[1:])
            weight = getattr(layer, "weight", None)
            if isinstance(layer, nn.Conv2d):
                macs = weight.numel() * prod(out[1:])  # each weight is used once per output pixel
            else:
                macs = weight.numel() if isinstance(layer, nn.Linear) else 0
            heard.append(Call(name, layer, type(layer).__name__, out, sum(p.numel() for p in layer.parameters()), macs))

        return hook

    handles = [
        layer.register_forward_hook(listen(name)) for name, layer in model.named_modules() if not any(layer.children())
    ]
    with torch.no_grad():
        model.eval()(torch.empty(1, *shape, device="meta"))
    for handle in handles:
        handle.remove()
    return heard


@cache
def meta_calls(
    name: str, shape: tuple[int, int, int] | None = None, num_classes: int | None = None, **options
) -> list[Call]:
    """The calls of the network `name` at its own input shape, or at `shape`."""
    entry = architecture(name)
    own = entry.input_shape(entry.resolve(options))
    return calls(build(name, options, shape, num_classes, device="meta"), shape or own)


def totals(heard: list[Call]) -> tuple[int, int]:
    """Parameters and multiply-adds."""
    return sum(call.params for call in heard), sum(call.macs for call in heard)


def shape_of(heard: list[Call], name: str) -> tuple[int, ...]:
    """What the layer `name` gave."""
    (call,) = [call for call in heard if call.name == name]
    return call.shape


def last_of(heard: list[Call], block: str) -> tuple[int, ...]:
    """What the last leaf called inside `block` gave."""
    return [call for call in heard if call.name.startswith(f"{block}.")][-1].shape


def single_choices(name: str) -> list[dict]:
    """Each choice of each option of `name`, with what it needs."""
    entry = architecture(name)
    made = []
    for option in entry.options:
        for choice in option.choices:
            given = {option.name: choice}
            defaults = entry.resolve()
            while need := next(
                (need for one in entry.options if (need := unmet(one, {**defaults, **given}))),
                None,
            ):
                given[need.other] = need.allowed[0]
            made.append(given)
    return made


def spoken(options: dict) -> str:
    """Options as a test's id."""
    return ",".join(f"{key}={format_value(value)}" for key, value in options.items()) or "default"


def refuse_in_place_and_repeats(heard: list[Call]) -> None:
    """Fails where a layer overwrites its input or a module is called twice."""
    assert not [call.name for call in heard if getattr(call.layer, "inplace", False)]
    assert len({id(call.layer) for call in heard}) == len(heard)


def randomised(model: nn.Module) -> nn.Module:
    """`model` in evaluation mode with batch statistics, scales and shifts that are not the initial ones."""
    torch.manual_seed(0)
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias, std=0.2)
            nn.init.normal_(layer.running_mean, std=0.2)
            nn.init.uniform_(layer.running_var, 0.5, 1.5)
    return model.eval()


def _default(entry, name: str):
    return next(option.default for option in entry.options if option.name == name)
