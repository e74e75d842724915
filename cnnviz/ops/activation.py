"""The activations of the course, each with its derivative and its formula."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Activation:
    """One number in, one number out, for every element alone."""

    name: str
    function: Callable[[Tensor], Tensor]
    derivative: Callable[[Tensor], Tensor]
    formula: str
    """With `{x}` where the number goes."""
    torch_line: str


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + e⁻ˣ), between 0 and 1; computed without overflow on either side."""
    small = (-x.abs()).exp()
    return torch.where(x >= 0, 1 / (1 + small), small / (1 + small))


def tanh(x: Tensor) -> Tensor:
    """(1 − e⁻²ˣ) / (1 + e⁻²ˣ), between −1 and 1."""
    small = (-2 * x.abs()).expm1()
    return -x.sign() * small / (small + 2)


def relu(x: Tensor) -> Tensor:
    """max(0, x)."""
    return torch.where(x > 0, x, torch.zeros_like(x)).masked_fill(x.isnan(), torch.nan)


def relu6(x: Tensor) -> Tensor:
    """min(max(0, x), 6): a bounded range suits numbers of few bits."""
    return torch.where(x > 6, torch.full_like(x, 6), relu(x))


def hardsigmoid(x: Tensor) -> Tensor:
    """ReLU6(x + 3) / 6: a sigmoid of straight lines."""
    return relu6(x + 3) / 6


def hardswish(x: Tensor) -> Tensor:
    """x · ReLU6(x + 3) / 6, MobileNetV3's h-swish."""
    return x * hardsigmoid(x)


def _between(x: Tensor, low: float, high: float) -> Tensor:
    return ((x > low) & (x < high)).to(x)


def sigmoid_derivative(x: Tensor) -> Tensor:
    """σ(x) (1 − σ(x)): at most ¼, and near 0 far from 0."""
    return sigmoid(x) * (1 - sigmoid(x))


def tanh_derivative(x: Tensor) -> Tensor:
    """1 − tanh²(x): at most 1."""
    return 1 - tanh(x) ** 2


def relu_derivative(x: Tensor) -> Tensor:
    """1 for x > 0, else 0; at 0 it has none and torch takes 0."""
    return (x > 0).to(x)


def relu6_derivative(x: Tensor) -> Tensor:
    """1 between 0 and 6, else 0."""
    return _between(x, 0, 6)


def hardsigmoid_derivative(x: Tensor) -> Tensor:
    """1/6 between −3 and 3, else 0."""
    return _between(x, -3, 3) / 6


def hardswish_derivative(x: Tensor) -> Tensor:
    """(2x + 3) / 6 between −3 and 3, 0 below and 1 above."""
    return torch.where(x >= 3, torch.ones_like(x), _between(x, -3, 3) * (2 * x + 3) / 6)


ACTIVATIONS = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Activation("sigmoid", sigmoid, sigmoid_derivative, "1 / (1 + e^(−({x})))", "nn.Sigmoid()"),
            Activation("tanh", tanh, tanh_derivative, "tanh({x})", "nn.Tanh()"),
            Activation("relu", relu, relu_derivative, "max(0, {x})", "nn.ReLU()"),
            Activation("relu6", relu6, relu6_derivative, "min(max(0, {x}), 6)", "nn.ReLU6()"),
            Activation(
                "hardswish", hardswish, hardswish_derivative, "{x} · min(max(0, {x} + 3), 6) / 6", "nn.Hardswish()"
            ),
            Activation(
                "hardsigmoid", hardsigmoid, hardsigmoid_derivative, "min(max(0, {x} + 3), 6) / 6", "nn.Hardsigmoid()"
            ),
        )
    }
)
