"""Squeeze-and-excitation: each channel's mean decides how much of the channel passes."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from cnnviz.ops.activation import hardsigmoid, relu
from cnnviz.ops.average_pool import global_average_pool
from cnnviz.ops.dense import dense


@dataclass(frozen=True, slots=True, eq=False)
class SqueezeExcitationOutput:
    """Means (N, C), what the first dense layer makes of them (N, S), the gates (N, C), and the gated maps."""

    squeezed: Tensor
    hidden: Tensor
    gate: Tensor
    output: Tensor


def squeeze_excitation(
    x: Tensor,
    reduce: tuple[Tensor, Tensor],
    expand: tuple[Tensor, Tensor],
    gate: Callable[[Tensor], Tensor] = hardsigmoid,
) -> SqueezeExcitationOutput:
    """(N, C, H, W) times a gate per channel; `reduce`, `expand`: (weight, bias) of C -> S and S -> C."""
    squeezed = global_average_pool(x)
    hidden = relu(dense(squeezed, *reduce))
    gates = gate(dense(hidden, *expand))
    return SqueezeExcitationOutput(squeezed, hidden, gates, x * gates[:, :, None, None])
