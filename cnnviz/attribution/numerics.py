"""Fast checks for NaN and infinity: microseconds for small tensors."""

import math

import numpy
import torch
from torch import Tensor


def all_finite(values: Tensor) -> bool:
    """Return whether no value is NaN or infinite."""
    if not values.is_cpu or values.dtype != torch.float32:
        return bool(torch.isfinite(values).all())
    return math.isfinite(sum_of_squares(values)) or bool(numpy.isfinite(values.detach().numpy()).all())


def sum_of_squares(values: Tensor) -> float:
    """Return Σ values², of float32 on the CPU: not finite if one of them is not, or if they are huge."""
    numbers = (values.detach() if values.requires_grad else values).numpy()
    return float(numpy.vdot(numbers, numbers))
