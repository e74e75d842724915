"""The optimisers to choose from; the table loads without torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn, optim

    from cnnviz.train.config import TrainConfig


@dataclass(frozen=True, slots=True)
class OptimizerChoice:
    """One way to turn gradients into updates, and the settings that only it reads."""

    name: str
    title: str
    make: Callable[[Iterable[nn.Parameter], TrainConfig, bool], optim.Optimizer]
    """From parameters, settings and whether one fused kernel updates them all."""
    uses: tuple[str, ...] = ()


def _sgd(parameters: Iterable[nn.Parameter], config: TrainConfig, fused: bool) -> optim.Optimizer:
    from torch import optim

    return optim.SGD(parameters, lr=config.learning_rate, momentum=config.momentum, nesterov=config.nesterov,
                     weight_decay=config.weight_decay, fused=fused)


def _adam(parameters: Iterable[nn.Parameter], config: TrainConfig, fused: bool) -> optim.Optimizer:
    from torch import optim

    return optim.Adam(parameters, lr=config.learning_rate, weight_decay=config.weight_decay, fused=fused)


def _adamw(parameters: Iterable[nn.Parameter], config: TrainConfig, fused: bool) -> optim.Optimizer:
    from torch import optim

    return optim.AdamW(parameters, lr=config.learning_rate, weight_decay=config.weight_decay, fused=fused)


OPTIMIZERS = MappingProxyType({entry.name: entry for entry in (
    OptimizerChoice("sgd", "SGD", _sgd, uses=("momentum", "nesterov")),
    OptimizerChoice("adam", "Adam", _adam),
    OptimizerChoice("adamw", "AdamW", _adamw),
)})
