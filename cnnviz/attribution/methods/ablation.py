"""Feature ablation and Kernel SHAP over regions of the image."""

from types import MappingProxyType

import torch
from captum.attr import FeatureAblation, KernelShap
from torch import Tensor

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.attribution.image_regions import REGION_KINDS
from cnnviz.attribution.methods.occlusion import ablation_batch_size
from cnnviz.attribution.result import AttributionNote, Completeness
from cnnviz.options import Choice, Option, Whole


def _regions(inputs: MethodInput) -> tuple[Tensor, int, AttributionNote]:
    regions = REGION_KINDS[str(inputs.options["regions"])](inputs.image[0].cpu().float(), int(inputs.options["cells"]))
    count = int(regions.max()) + 1
    return regions, count, AttributionNote(f"regions_{inputs.options['regions']}", MappingProxyType({"count": count}))


def feature_ablation(inputs: MethodInput) -> MethodResult:
    """Return f(x) − f(x with one region of x′), at each pixel of the region."""
    regions, count, note = _regions(inputs)
    inputs.f.images_expected = inputs.f.images_done + count + 1
    values = FeatureAblation(inputs.f).attribute(
        inputs.image,
        inputs.baseline,
        feature_mask=regions.to(inputs.image.device)[None, None],
        perturbations_per_eval=ablation_batch_size(inputs),
    )
    return MethodResult(values[0].expand(inputs.image.shape[1:]), notes=(note,), shared=True, regions=regions)


def kernel_shap(inputs: MethodInput) -> MethodResult:
    """Return Shapley values of the regions by weighted least squares over sampled coalitions, at each pixel.

    The whole image and the whole baseline are among the coalitions, with a weight that holds the sum to f(x) − f(x′).
    """
    regions, count, note = _regions(inputs)
    if count == 1:  # Captum draws the size of a set from 1 to one less than all regions, of which there is none
        values = torch.full_like(inputs.image, inputs.difference)
    else:
        inputs.f.images_expected = inputs.f.images_done + int(inputs.options["samples"])
        values = KernelShap(inputs.f).attribute(
            inputs.image,
            inputs.baseline,
            feature_mask=regions.to(inputs.image.device)[None, None],
            n_samples=int(inputs.options["samples"]),
            perturbations_per_eval=ablation_batch_size(inputs),
        )
    values = values[0].expand(inputs.image.shape[1:])
    worth = torch.zeros(count).scatter_(0, regions.flatten(), values[0].flatten().cpu().float())
    total = Completeness(float(worth.double().sum()), inputs.difference)
    return MethodResult(values, total, (note,), shared=True, corrected=count == 1, regions=regions)


MASK = (
    'torch.from_numpy(archive["baseline"]), {target}'
    'feature_mask=torch.from_numpy(archive["regions"])[None, None], perturbations_per_eval=64'
)
KINDS = Option("regions", Choice(tuple(REGION_KINDS)), "superpixels")
FEATURE_ABLATION = Method(
    "feature-ablation",
    feature_ablation,
    "FeatureAblation",
    f"FeatureAblation({{model}}).attribute(\n    image, {MASK}\n)[0].expand(image.shape[1:])",
    lambda options, shape: 3 + int(options["cells"]) ** 2,
    "Captum, arXiv:2009.07896",
    uses_baseline=True,
    batches=True,
    options=(KINDS, Option("cells", Whole(1, 32), 7)),
)
KERNEL_SHAP = Method(
    "kernel-shap",
    kernel_shap,
    "KernelShap",
    f"KernelShap({{model}}).attribute(\n    image, {MASK}, n_samples={{samples}}\n)[0].expand(image.shape[1:])",
    lambda options, shape: 2 + int(options["samples"]),
    "Lundberg & Lee 2017, arXiv:1705.07874",
    uses_baseline=True,
    batches=True,
    stochastic=True,
    adds_up=True,
    corrected="sometimes",
    options=(KINDS, Option("cells", Whole(1, 16), 5), Option("samples", Whole(16, 8192), 512)),
)
