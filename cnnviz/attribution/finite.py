"""Whether numbers are numbers, in one pass."""

import math

import torch
from torch import Tensor


def finite(values: Tensor) -> bool:
    """Whether no value is NaN or infinite: a sum takes up each of them, and only then it is looked who it was."""
    return math.isfinite(values.sum().item()) or bool(torch.isfinite(values).all())
