"""Initialisers of the weights of convolutions and dense layers; the table loads without torch."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn


def _xavier(weight: Tensor) -> None:
    from torch.nn import init

    init.xavier_uniform_(weight)


def _he(weight: Tensor) -> None:
    from torch.nn import init

    init.kaiming_normal_(weight, nonlinearity="relu")


INITIALISERS: MappingProxyType[str, Callable[[Tensor], None] | None] = MappingProxyType(
    {"xavier": _xavier, "he": _he, "default": None}
)
"""Xavier (uniform), He (normal, for ReLU), or None: the weights stay as they are."""


def initialise(model: nn.Module, init: str, seed: int) -> None:
    """Draw the weights of convolutions and dense layers from `seed`; biases stay, as in the course."""
    import torch
    from torch import nn

    draw = INITIALISERS[init]
    if draw is None:
        return
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        for layer in model.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear) and layer.weight.requires_grad:
                # drawn on the CPU and in one layout, so that every machine begins with the same weights
                fresh = torch.empty(layer.weight.shape)
                draw(fresh)
                with torch.no_grad():
                    layer.weight.copy_(fresh)
