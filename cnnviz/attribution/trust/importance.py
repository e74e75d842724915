"""One number per pixel to rank pixels by, whatever a method's own units and cells."""

from torch import Tensor
from torch.nn import functional as F

from cnnviz.attribution.result import Attribution
from cnnviz.attribution.table import METHODS


def importance(found: Attribution, size: tuple[int, int]) -> Tensor:
    """float32 (H, W), larger where more speaks for the target.

    The size of a slope, whose sign only tells brighter from darker; the signed value of a share. Cells are
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
    """The place of each value in ascending order, equal values sharing the mean of theirs: float64, flat."""
    _, group, counts = values.flatten().unique(return_inverse=True, return_counts=True)
    last = counts.cumsum(0).double()
    return (last - (counts.double() - 1) / 2)[group]


def rank_correlation(a: Tensor, b: Tensor) -> float:
    """Spearman's ρ in [−1, 1] of two maps of one shape; 0 where one of them is constant."""
    x, y = ranks(a), ranks(b)
    x, y = x - x.mean(), y - y.mean()
    size = float(x.norm() * y.norm())
    return float(x @ y) / size if size else 0.0
