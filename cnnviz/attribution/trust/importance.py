"""One importance per pixel, by which maps of any method can be ranked and compared."""

from torch import Tensor
from torch.nn import functional as F

from cnnviz.attribution.result import Attribution
from cnnviz.attribution.table import METHODS


def importance(found: Attribution, size: tuple[int, int]) -> Tensor:
    """Return the importance of each pixel for the target, float32 (H, W).

    The absolute value of a gradient, whose sign only tells brighter from darker; else the signed value. Cells are
    spread over the pixels bilinearly.
    """
    if METHODS[found.method].slopes:
        ranked = found.values.abs() if found.on_cells else found.values.abs().sum(0)
    else:
        ranked = found.flat()
    if tuple(ranked.shape) == size:
        return ranked
    return F.interpolate(ranked[None, None], size=size, mode="bilinear", align_corners=False)[0, 0]


def ranks(values: Tensor) -> Tensor:
    """Return the rank of each value in ascending order, ties sharing their mean rank: float64, flat."""
    _, group, counts = values.flatten().unique(return_inverse=True, return_counts=True)
    last = counts.cumsum(0).double()
    return (last - (counts.double() - 1) / 2)[group]


def rank_correlation(a: Tensor, b: Tensor) -> float:
    """Return Spearman's ρ in [−1, 1] of two maps of one shape; 0 if one of them is constant."""
    x, y = ranks(a), ranks(b)
    x, y = x - x.mean(), y - y.mean()
    size = float(x.norm() * y.norm())
    return float(x @ y) / size if size else 0.0


def agreement(one: Attribution, other: Attribution, size: tuple[int, int]) -> float:
    """Return the rank correlation in [−1, 1] of the importance that two maps give to the pixels of an image (H, W)."""
    return rank_correlation(importance(one, size), importance(other, size))
