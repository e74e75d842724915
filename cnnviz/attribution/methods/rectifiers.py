"""Gradients that let only positive signals back through each ReLU."""

from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.attribution.method import Found, Given, Method
from cnnviz.attribution.methods.rewired import rewire
from cnnviz.attribution.record import Note

OTHERS = (
    nn.ReLU6,
    nn.Sigmoid,
    nn.Tanh,
    nn.Hardswish,
    nn.Hardsigmoid,
    nn.SiLU,
    nn.GELU,
    nn.LeakyReLU,
    nn.ELU,
    nn.Softplus,
    nn.Softmax,
)
"""Activations that are not ReLU, whose gradient both methods leave as it is."""


class _Guided(torch.autograd.Function):
    """ReLU; backwards the positive gradients, where the input was positive."""

    @staticmethod
    def forward(context: Any, x: Tensor) -> Tensor:
        context.save_for_backward(x)
        return x.clamp_min(0)

    @staticmethod
    def backward(context: Any, slope: Tensor) -> Tensor:
        (x,) = context.saved_tensors
        return slope.clamp_min(0) * (x > 0)


class _Deconvolved(torch.autograd.Function):
    """ReLU; backwards the positive gradients, wherever they arrive."""

    @staticmethod
    def forward(context: Any, x: Tensor) -> Tensor:
        return x.clamp_min(0)

    @staticmethod
    def backward(context: Any, slope: Tensor) -> Tensor:
        return slope.clamp_min(0)


def ruled_gradient(given: Given, method: str, rule: type[torch.autograd.Function]) -> Found:
    """∂f/∂x with every ReLU module's backward pass replaced by the rule's."""
    others = sum(isinstance(module, OTHERS) for module in given.network.modules())
    watch = rewire(given.network, method, {nn.ReLU: lambda module, x: rule.apply(x)})
    slopes = watch.slopes(given.f, given.image)
    notes: tuple[Note, ...] = ()
    if not watch.replaced:
        notes = (Note("equals_gradient"),)
    elif others:
        notes = (Note("other_activations", MappingProxyType({"relu": watch.replaced, "others": others})),)
    return Found(slopes[0], notes=notes)


def guided_backprop(given: Given) -> Found:
    """Springenberg's rule: a gradient passes a ReLU where it and the ReLU's input are positive."""
    return ruled_gradient(given, "guided-backprop", _Guided)


def deconvolution(given: Given) -> Found:
    """Zeiler's rule: a gradient passes a ReLU where it is positive."""
    return ruled_gradient(given, "deconvolution", _Deconvolved)


GUIDED_BACKPROP = Method(
    "guided-backprop",
    guided_backprop,
    lambda options, shape: 1,
    "Springenberg et al. 2015, arXiv:1412.6806",
    slopes=True,
)
DECONVOLUTION = Method(
    "deconvolution", deconvolution, lambda options, shape: 1, "Zeiler & Fergus 2014, arXiv:1311.2901", slopes=True
)
