"""The optimisers to choose from, all of `torch.optim`; the table loads without torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn

    from cnnviz.train.config import TrainConfig

Weights = Sequence[tuple[str, "nn.Parameter"]]


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer of `torch.optim`, and the settings that only it uses."""

    name: str
    title: str
    make: Callable[[Weights, TrainConfig], torch.optim.Optimizer]
    """Makes it from named weights; its learning rate is 1, which the schedule multiplies."""
    state: Callable[[TrainConfig], frozenset[str]]
    """The names of its state tensors of each weight."""
    uses: tuple[str, ...] = ()


def _sgd(weights: Weights, config: TrainConfig) -> torch.optim.Optimizer:
    import torch

    sgd = torch.optim.SGD(
        weights,
        lr=1.0,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
        nesterov=config.nesterov,
        fused=True,
    )
    if config.momentum:
        # the fused kernel fails where a weight gets its first gradient later than the others
        for _, weight in weights:
            sgd.state[weight]["momentum_buffer"] = torch.zeros_like(weight.detach())
    return sgd


def _adam(weights: Weights, config: TrainConfig) -> torch.optim.Optimizer:
    import torch

    return torch.optim.Adam(weights, lr=1.0, weight_decay=config.weight_decay, fused=True)


def _adamw(weights: Weights, config: TrainConfig) -> torch.optim.Optimizer:
    import torch

    return torch.optim.AdamW(weights, lr=1.0, weight_decay=config.weight_decay, fused=True)


def _momentum(config: TrainConfig) -> frozenset[str]:
    return frozenset({"momentum_buffer"} if config.momentum else ())


def _moments(config: TrainConfig) -> frozenset[str]:
    return frozenset({"exp_avg", "exp_avg_sq", "step"})


OPTIMIZERS = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Optimizer("sgd", "SGD", _sgd, _momentum, uses=("momentum", "nesterov")),
            Optimizer("adam", "Adam", _adam, _moments),
            Optimizer("adamw", "AdamW", _adamw, _moments),
        )
    }
)
