"""Class activation maps: the cells of a late layer, weighted by their gradients for the target."""

from captum.attr import GuidedGradCam, LayerGradCam, LayerGradientXActivation
from torch import Tensor

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.attribution.methods.guided_backprop import count_relus, guided_module
from cnnviz.attribution.methods.layer_probe import LAYER, UNUSED_IS_ZERO, LayerProbe
from cnnviz.attribution.result import AttributionNote


def grad_cam(inputs: MethodInput) -> MethodResult:
    """Return Σ over channels of the mean gradient of a channel times its map, before the paper's ReLU: (h, w)."""
    with LayerProbe(inputs) as probe:
        values = LayerGradCam(inputs.f, probe.module).attribute(inputs.image, grad_kwargs=UNUSED_IS_ZERO)
    return _found(values.detach().view(values.shape[2:]))


def hirescam(inputs: MethodInput) -> MethodResult:
    """Return Σ over channels of gradient times map, cell by cell: (h, w).

    Adds up to the logit less its bias where everything behind the layer is linear.
    """
    with LayerProbe(inputs) as probe:
        values = LayerGradientXActivation(inputs.f, probe.module).attribute(inputs.image, grad_kwargs=UNUSED_IS_ZERO)
    return _found(values[0].sum(0).detach())


def guided_grad_cam(inputs: MethodInput) -> MethodResult:
    """Return Guided Backprop times the positive part of Grad-CAM, each cell spread over its pixels: (C, H, W)."""
    relus, notes = count_relus(inputs)
    with LayerProbe(inputs):
        values = GuidedGradCam(guided_module(inputs, "guided-grad-cam"), inputs.layer_module).attribute(
            inputs.differentiable_image
        )
    if not values.any():
        notes = (*grad_cam(inputs).notes, *notes)
    return MethodResult(values[0], notes=notes, corrected=relus > 0)


def _found(values: Tensor) -> MethodResult:
    nothing = values.amax().item() <= 0 and bool(values.any())
    return MethodResult(values, notes=(AttributionNote("nothing_positive"),) if nothing else ())


def _one(options: object, shape: object) -> int:
    return 1


GRAD_CAM = Method(
    "grad-cam",
    grad_cam,
    "LayerGradCam",
    f"LayerGradCam({{model}}, {LAYER}).attribute(image, {{target}})[0, 0]",
    _one,
    "Selvaraju et al. 2017, arXiv:1610.02391",
    kind="layer",
    needs_layer=True,
)
HIRESCAM = Method(
    "hirescam",
    hirescam,
    "LayerGradientXActivation",
    f"LayerGradientXActivation({{model}}, {LAYER}).attribute(image, {{target}})[0].sum(0)",
    _one,
    "Draelos & Carin 2020, arXiv:2011.08891",
    kind="layer",
    needs_layer=True,
)
GUIDED_GRAD_CAM = Method(
    "guided-grad-cam",
    guided_grad_cam,
    "GuidedGradCam",
    f"GuidedGradCam({{model}}, {LAYER}).attribute(image, {{target}})[0]",
    lambda options, shape: 2,
    "Selvaraju et al. 2017, arXiv:1610.02391",
    needs_layer=True,
    slopes=True,
    corrected="always",
    hooks=True,
)
