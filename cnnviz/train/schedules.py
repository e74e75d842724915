"""Learning rate schedules: a factor on the learning rate per step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnviz.train.config import TrainConfig

RISE, START, END = 0.3, 1 / 25, 1 / 25 / 1e4
"""The one-cycle schedule as torch has it: the share of rising steps, and the factors at start and end."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A factor on the learning rate from (steps done, steps in all, steps in an epoch, settings)."""

    name: str
    factor: Callable[[int, int, int, TrainConfig], float]
    uses: tuple[str, ...] = ()


def _constant(step: int, steps: int, per_epoch: int, config: TrainConfig) -> float:
    return 1.0


def _step(step: int, steps: int, per_epoch: int, config: TrainConfig) -> float:
    return config.step_factor ** (step // per_epoch // config.step_epochs)


def _cosine(step: int, steps: int, per_epoch: int, config: TrainConfig) -> float:
    return _between(1.0, 0.0, step / steps)


def _one_cycle(step: int, steps: int, per_epoch: int, config: TrainConfig) -> float:
    top = RISE * steps - 1
    if step <= top:
        return _between(START, 1.0, step / top)
    return _between(1.0, END, (step - top) / (steps - 1 - top))


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


SCHEDULES = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Schedule("constant", _constant),
            Schedule("step", _step, uses=("step_epochs", "step_factor")),
            Schedule("cosine", _cosine),
            Schedule("one-cycle", _one_cycle),
        )
    }
)
