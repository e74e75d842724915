"""What each region of the image is worth: taken away alone, or on average over all companies of the others."""

import math
from itertools import combinations
from types import MappingProxyType

import torch
from captum.attr import FeatureAblation
from torch import Tensor

from cnnviz.attribution.method import Found, Given, Method
from cnnviz.attribution.option import Option
from cnnviz.attribution.random_draws import generator_of
from cnnviz.attribution.record import Completeness, Note
from cnnviz.attribution.regions import REGIONS


def _regions(given: Given) -> tuple[Tensor, Note]:
    regions = REGIONS[str(given.options["regions"])](given.image[0].cpu(), int(given.options["cells"]))
    count = int(regions.max()) + 1
    return regions, Note(f"regions_{given.options['regions']}", MappingProxyType({"count": count}))


def feature_ablation(given: Given) -> Found:
    """f(x) − f(x with one region of x′), written on each pixel of the region (Captum)."""
    regions, note = _regions(given)
    given.f.expected = given.f.passed + int(regions.max()) + 2
    with torch.no_grad():
        values: Tensor = FeatureAblation(given.f).attribute(
            given.image,
            baselines=given.baseline,
            feature_mask=regions[None, None].to(given.image.device),
            perturbations_per_eval=given.f.batch,
        )
    return Found(values[0].expand(given.image.shape[1:]), notes=(note,), shared=True)


def kernel_shap(given: Given) -> Found:
    """Shapley values of the regions by weighted least squares over drawn sets, on each pixel of the region.

    Sets are drawn with the probability of the Shapley kernel, each with its complement; where all sets are
    fewer than the samples, every one is taken with its weight and the values are exact. The sum is held to
    f(x) − f(x′).
    """
    regions, note = _regions(given)
    count, samples = int(regions.max()) + 1, int(given.options["samples"])
    if count == 1:
        worth = torch.tensor([given.difference], dtype=torch.float64)
    else:
        present, weights = _coalitions(count, samples, given.seed)
        given.f.expected = given.f.passed + len(present)
        marks = regions.to(given.image.device)

        def mixed(first: int, after: int) -> Tensor:
            shown = present[first:after].to(marks.device)[:, marks][:, None]
            return torch.where(shown, given.image, given.baseline)

        base = (given.f.first or 0.0) - given.difference
        gains = given.f.in_batches(len(present), mixed).cpu().double() - base
        worth = _solve(present.double(), gains, weights, given.difference)
    values = worth.float()[regions].expand(given.image.shape[1:])
    total = Completeness(float(worth.sum()), given.difference)
    return Found(values, total, (note,), shared=True)


def _coalitions(count: int, samples: int, seed: int) -> tuple[Tensor, Tensor]:
    """Sets of regions bool (S, count), neither empty nor full, and their weights (S,)."""
    if count <= 16 and 2**count - 2 <= samples:
        sets = [chosen for size in range(1, count) for chosen in combinations(range(count), size)]
        present = torch.zeros(len(sets), count, dtype=torch.bool)
        for row, chosen in enumerate(sets):
            present[row, list(chosen)] = True
        weights = torch.tensor(
            [(count - 1) / (math.comb(count, len(chosen)) * len(chosen) * (count - len(chosen))) for chosen in sets],
            dtype=torch.float64,
        )
        return present, weights
    draws = generator_of(seed, "kernel-shap")
    sizes = torch.arange(1, count)
    half = (samples + 1) // 2
    size = sizes[torch.multinomial((1 / (sizes * (count - sizes)).double()), half, True, generator=draws)]
    order = torch.rand(half, count, generator=draws).argsort(1).argsort(1)
    drawn = order < size[:, None]
    present = torch.stack((drawn, ~drawn), 1).flatten(0, 1)[:samples]
    return present, torch.ones(len(present), dtype=torch.float64)


def _solve(present: Tensor, gains: Tensor, weights: Tensor, difference: float) -> Tensor:
    """Least squares under Σ = difference: the last region's worth is what the others leave."""
    root = weights.sqrt()
    left = (present[:, :-1] - present[:, -1:]) * root[:, None]
    right = (gains - present[:, -1] * difference) * root
    others = torch.linalg.lstsq(left, right[:, None], driver="gelsd").solution[:, 0]
    return torch.cat((others, (difference - others.sum())[None]))


KINDS = Option("regions", "superpixels", choices=tuple(REGIONS))
FEATURE_ABLATION = Method(
    "feature-ablation",
    feature_ablation,
    lambda options, shape: 3 + int(options["cells"]) ** 2,
    "Captum, arXiv:2009.07896",
    uses_baseline=True,
    batches=True,
    options=(KINDS, Option("cells", 7, low=1, high=32)),
)
KERNEL_SHAP = Method(
    "kernel-shap",
    kernel_shap,
    lambda options, shape: 2 + int(options["samples"]),
    "Lundberg & Lee 2017, arXiv:1705.07874",
    uses_baseline=True,
    batches=True,
    stochastic=True,
    adds_up=True,
    options=(KINDS, Option("cells", 5, low=1, high=16), Option("samples", 512, low=16, high=8192)),
)
