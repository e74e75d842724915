"""Whether numbers are numbers, in microseconds where there are few."""

import math

import numpy
import torch
from torch import Tensor


def all_finite(values: Tensor) -> bool:
    """Whether no value is NaN or infinite."""
    if not values.is_cpu or values.dtype != torch.float32:
        return bool(torch.isfinite(values).all())
    return math.isfinite(sum_of_squares(values)) or bool(numpy.isfinite(values.detach().numpy()).all())


def sum_of_squares(values: Tensor) -> float:
    """Σ of the squares of float32 `values` on the CPU: not finite where one of them is not, or where they are huge."""
    numbers = (values.detach() if values.requires_grad else values).numpy()
    return float(numpy.vdot(numbers, numbers))
