"""Dropout: values switched off at random while training, scaled so that the expectation stays the same."""

from typing import NamedTuple

import torch
from torch import Generator, Tensor

from cnnviz.errors import UserError


class DropoutOutput(NamedTuple):
    """The output and which values were kept, both of the input's shape."""

    output: Tensor
    kept: Tensor


def dropout(
    x: Tensor, p: float, training: bool, generator: Generator | None = None, scale_in_training: bool = True
) -> DropoutOutput:
    """Return `x` with a share `p` in [0, 1] set to 0 in training.

    Torch multiplies what is kept by 1/(1 − p) in training; the paper (`scale_in_training=False`) multiplies
    everything by 1 − p in inference.

    Raises:
        UserError: `op_share`.
    """
    if not 0 <= p <= 1:
        raise UserError("op_share", got=p)
    if not training:
        return DropoutOutput(x if scale_in_training else x * (1 - p), torch.ones_like(x, dtype=torch.bool))
    kept = torch.rand(x.shape, generator=generator, device=x.device) >= p
    scale = 1 / (1 - p) if scale_in_training and p < 1 else 1.0
    return DropoutOutput(torch.where(kept, x * scale, torch.zeros_like(x)), kept)
