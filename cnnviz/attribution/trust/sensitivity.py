"""Sensitivity: the change of a map under noise that hardly changes the score."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.attribution.base import Method
from cnnviz.attribution.result import Attribution
from cnnviz.attribution.score import Progress, Stop
from cnnviz.attribution.seeded_random import make_generator
from cnnviz.attribution.trust.importance import rank_correlation

AMOUNT = 0.02
"""Largest change of a pixel, as a fraction of the image's range."""
SAMPLES = 8


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The change of a map and of the score under noise, over several draws (Yeh et al. 2019, arXiv:1901.09392)."""

    largest: float
    """Largest ‖map of the noisy image − map‖ / ‖map‖; inf where the map is zero and does not stay so."""
    mean: float
    correlation: float
    """Mean rank correlation of the maps."""
    score: float
    """Largest |f(noisy image) − f(image)|."""
    samples: int


def sensitivity(
    method: Method,
    model: nn.Module,
    image: Tensor,
    found: Attribution,
    *,
    amount: float = AMOUNT,
    samples: int = SAMPLES,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Sensitivity:
    """Compute the map of `found` again with the same settings on `samples` noisy copies of its image (1, C, H, W).

    Raises:
        UserError: what `Method.attribute` refuses.
        Stopped: `stop()` was true.
    """
    draws = make_generator(found.seed, "sensitivity")
    reach = amount * float(image.max() - image.min() or 1.0)
    settings: Mapping[str, Any] = found.options
    baseline = None if found.baseline is None else found.baseline.reshape(-1, *image.shape[1:])
    size = float(found.values.norm())
    changes, correlations, scores = [], [], []
    for sample in range(samples):
        noise = (2 * torch.rand(image.shape, generator=draws) - 1) * reach
        again = method.attribute(
            model,
            image + noise.to(image),
            found.target,
            layer=found.layer,
            baseline=baseline,
            options=settings,
            seed=found.seed,
            stop=stop,
        )
        change = float((again.values - found.values).norm())
        changes.append(change / size if size else float("inf") if change else 0.0)
        correlations.append(rank_correlation(again.flat(), found.flat()))
        scores.append(abs(again.output - found.output))
        if progress is not None:
            progress(sample + 1, samples)
    return Sensitivity(max(changes), sum(changes) / samples, sum(correlations) / samples, max(scores), samples)
