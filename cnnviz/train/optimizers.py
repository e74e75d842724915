"""The optimisers to choose from; the table loads without torch.

They call the kernels behind `torch.optim` themselves, which update all weights in one pass: making one of
torch's own optimisers first imports its compiler, seconds that a short training should not pay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.train.config import TrainConfig

Tensors = list["Tensor"]
Memory = dict[str, Tensors]
"""What an optimiser keeps between steps: by name, one tensor per weight."""

BETAS, EPSILON = (0.9, 0.999), 1e-8
"""Adam's, as published."""


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One way to turn gradients into updates, and the settings that only it reads."""

    name: str
    title: str
    remembers: Callable[[TrainConfig], tuple[str, ...]]
    """The names of its memory: "step" is one number per weight, all others are as large as the weight."""
    update: Callable[[Tensors, Tensors, Memory, float, TrainConfig], None]
    """Changes weights and memory in place, from the gradients at a learning rate."""
    uses: tuple[str, ...] = ()


def _sgd(weights: Tensors, gradients: Tensors, memory: Memory, rate: float, config: TrainConfig) -> None:
    import torch

    torch._fused_sgd_(
        weights,
        gradients,
        memory.get("momentum_buffer", []),
        weight_decay=config.weight_decay,
        momentum=config.momentum,
        lr=rate,
        dampening=0.0,
        nesterov=config.nesterov,
        maximize=False,
        is_first_step=False,
    )


def _adam(weights: Tensors, gradients: Tensors, memory: Memory, rate: float, config: TrainConfig) -> None:
    import torch

    torch._foreach_add_(memory["step"], 1)
    torch._fused_adam_(
        weights,
        gradients,
        memory["exp_avg"],
        memory["exp_avg_sq"],
        [],
        memory["step"],
        lr=rate,
        beta1=BETAS[0],
        beta2=BETAS[1],
        weight_decay=config.weight_decay,
        eps=EPSILON,
        amsgrad=False,
        maximize=False,
    )


def _adamw(weights: Tensors, gradients: Tensors, memory: Memory, rate: float, config: TrainConfig) -> None:
    import torch

    torch._foreach_add_(memory["step"], 1)
    torch._fused_adamw_(
        weights,
        gradients,
        memory["exp_avg"],
        memory["exp_avg_sq"],
        [],
        memory["step"],
        lr=rate,
        beta1=BETAS[0],
        beta2=BETAS[1],
        weight_decay=config.weight_decay,
        eps=EPSILON,
        amsgrad=False,
        maximize=False,
    )


def _momentum(config: TrainConfig) -> tuple[str, ...]:
    return ("momentum_buffer",) if config.momentum else ()


def _moments(config: TrainConfig) -> tuple[str, ...]:
    return ("exp_avg", "exp_avg_sq", "step")


OPTIMIZERS = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Optimizer("sgd", "SGD", _momentum, _sgd, uses=("momentum", "nesterov")),
            Optimizer("adam", "Adam", _moments, _adam),
            Optimizer("adamw", "AdamW", _moments, _adamw),
        )
    }
)
