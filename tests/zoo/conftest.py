from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
import torch
from torch import nn

from cnnviz.errors import UserError


@dataclass
class Measured:
    """What one image did in a network, counted here and not by the code under test."""

    params: int = 0
    macs: int = 0
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    own_params: dict[str, int] = field(default_factory=dict)
    calls: Counter = field(default_factory=Counter)
    overwritten: list[str] = field(default_factory=list)

    def rows(self, leave_out=()):
        return [
            (self.kinds[name], self.shapes[name], self.own_params[name])
            for name in self.shapes
            if self.kinds[name] not in leave_out
        ]

    def of(self, *names):
        return [self.shapes[name] for name in names]


def _measure(network: nn.Module, input_shape) -> Measured:
    measured, outputs, handles = Measured(), {}, []
    measured.params = sum(parameter.numel() for parameter in network.parameters())

    def watch(name, layer):
        def after(_layer, _inputs, out):
            measured.calls[name] += 1
            measured.shapes[name] = tuple(out.shape[1:])
            measured.kinds[name] = type(layer).__name__
            measured.own_params[name] = sum(parameter.numel() for parameter in layer.parameters())
            outputs[name] = (out, out._version)
            if isinstance(layer, nn.Conv2d):
                per_output = layer.in_channels // layer.groups * layer.kernel_size[0] * layer.kernel_size[1]
                measured.macs += out.numel() * per_output
            elif isinstance(layer, nn.Linear):
                measured.macs += layer.in_features * layer.out_features

        handles.append(layer.register_forward_hook(after))

    for name, layer in network.named_modules():
        if not any(layer.children()):
            watch(name, layer)
    device = next(network.parameters()).device
    with torch.no_grad():
        network(torch.zeros(1, *input_shape, device=device))
    for handle in handles:
        handle.remove()
    measured.overwritten = [name for name, (out, version) in outputs.items() if out._version != version]
    return measured


def _forms(entry, samples=8):
    """Every choice of every option alone, and some legal mixtures of them."""
    found = [{}]
    for option in entry.options:
        # the default is the form above, and one width stands for all
        found += [{option.name: value} for value in option.choices[1 : 2 if option.name == "width" else None]]
    rng = random.Random(entry.name)
    mixtures = itertools.islice(
        (
            {option.name: rng.choice(option.choices) for option in entry.options if option.choices}
            for _ in itertools.count()
        ),
        samples,
    )
    distinct = {repr(_settled(entry, options)): options for options in reversed([*found, *mixtures])}
    return list(reversed(distinct.values()))


def _settled(entry, options):
    """The whole form, so that one met twice is built once; what is refused stands for itself."""
    try:
        return sorted(entry.resolve(options).items())
    except UserError:
        return options


@pytest.fixture
def measure():
    return _measure


@pytest.fixture
def forms():
    return _forms
