"""DeepLift with the rescale rule: differences from a baseline, propagated backwards through each layer."""

import math
from typing import Any

import torch
from captum.attr import DeepLift, DeepLiftShap
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.attribution.methods.backward_rules import BackwardRule, FunctionalReluGuard, clone_inputs, replace_modules
from cnnviz.attribution.result import Completeness
from cnnviz.attribution.score import ScoreModule
from cnnviz.errors import UserError

SMALL = 1e-6
"""A difference below which the gradient replaces the ratio of differences."""
RULED = (nn.ReLU, nn.LeakyReLU, nn.ELU, nn.Sigmoid, nn.Tanh, nn.Softplus)
"""Activations that Captum has a rule for, if each runs once in a pass."""
UNRULED = (nn.ReLU6, nn.SiLU, nn.GELU, nn.Hardswish, nn.Hardsigmoid)
"""Activations whose gradient Captum leaves as it is."""
LINEAR = (
    nn.Conv2d,
    nn.Linear,
    _BatchNorm,
    nn.AvgPool2d,
    nn.AdaptiveAvgPool2d,
    nn.Dropout,
    nn.Dropout2d,
    nn.Identity,
    nn.Flatten,
    nn.Unflatten,
    nn.ZeroPad2d,
    nn.ReflectionPad2d,
    nn.ReplicationPad2d,
    nn.ConvTranspose2d,
    nn.Upsample,
)


class _Rescale(torch.autograd.Function):
    """A pointwise function of [x; x′] whose gradient is Δoutput / Δinput for x and 0 for x′."""

    @staticmethod
    def forward(context: Any, x: Tensor, module: nn.Module) -> Tensor:
        y: Tensor = module(x)
        context.module = module
        context.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(context: Any, slope: Tensor) -> tuple[Tensor, None]:
        x, y = context.saved_tensors
        (here, there), (out, out_there) = x.chunk(2), y.chunk(2)
        with torch.enable_grad():
            watched = here.detach().requires_grad_()
            (local,) = torch.autograd.grad(context.module(watched).sum(), watched)
        change = here - there
        small = change.abs() < SMALL
        ratio = torch.where(small, local, (out - out_there) / torch.where(small, 1.0, change))
        first = slope.chunk(2)[0]
        return torch.cat((first * ratio, torch.zeros_like(first))), None


class _MaxPool(torch.autograd.Function):
    """Max pooling of [x; x′] whose gradient puts the whole Δoutput at one pixel of each window.

    Where the maximum grew, at the maximum of x, where it fell, at that of x′: there the input's difference is
    at least as large as the output's, so that the ratio lies in [0, 1] and the sum is kept.
    """

    @staticmethod
    def forward(context: Any, x: Tensor, module: nn.MaxPool2d) -> Tensor:
        y, places = F.max_pool2d(
            x, module.kernel_size, module.stride, module.padding, module.dilation, module.ceil_mode, return_indices=True
        )
        context.save_for_backward(x, y, places)
        return y

    @staticmethod
    def backward(context: Any, slope: Tensor) -> tuple[Tensor, None]:
        x, y, places = context.saved_tensors
        (here, there), (out, out_there) = (part.chunk(2) for part in (x, y))
        grown, fallen = places.chunk(2)
        place = torch.where(out >= out_there, grown, fallen).flatten(2)
        first, change = slope.chunk(2)[0].flatten(2), (out - out_there).flatten(2)
        moved = (here - there).flatten(2).gather(2, place)
        small = moved.abs() < SMALL
        ratio = torch.where(small, 1.0, change / torch.where(small, 1.0, moved))
        back = torch.zeros_like(here).flatten(2).scatter_add_(2, place, first * ratio).view_as(here)
        return torch.cat((back, torch.zeros_like(back))), None


def deeplift(inputs: MethodInput) -> MethodResult:
    """Return (x − x′) · Δf/Δx by the rescale rule; max pooling passes its whole difference to the maximal pixel."""
    module, corrected = _prepared(inputs, "deeplift")
    values = DeepLift(module, eps=SMALL).attribute(inputs.differentiable_image, inputs.baseline)
    return _checked(inputs, values[0], corrected)


def deeplift_shap(inputs: MethodInput) -> MethodResult:
    """Return the mean of DeepLift's maps over several baselines; for a single one, DeepLift's own map."""
    if len(inputs.baseline) == 1:
        return deeplift(inputs)
    module, corrected = _prepared(inputs, "deeplift-shap")
    explainer = DeepLiftShap(module)
    explainer.eps = SMALL
    return _checked(inputs, explainer.attribute(inputs.image, inputs.baseline)[0], corrected)


def _prepared(inputs: MethodInput, method: str) -> tuple[ScoreModule, bool]:
    """Return f as a module with own rules where Captum has none or a wrong one, and whether there is such a layer.

    Where windows of max pooling overlap, or a ReLU stands before it, Captum loses up to several times
    f(x) − f(x′); the activations of `UNRULED` it takes for linear, and a module that runs twice it does not take.

    Raises:
        UserError: where a layer is neither linear nor covered by a rule, and for a probability.
    """
    if inputs.f.target.probability:
        raise UserError("attribution_deeplift_probability")
    rules: dict[nn.Module, BackwardRule] = {}
    for name, module in inputs.network.named_modules():
        if any(module.children()) or isinstance(module, (*LINEAR, nn.Sequential)):
            continue
        if isinstance(module, nn.MaxPool2d):
            rules[module] = lambda module, x: _MaxPool.apply(x, module)
        elif isinstance(module, UNRULED) or (isinstance(module, RULED) and not _captum_takes(module, inputs)):
            rules[module] = lambda module, x: _Rescale.apply(x, module)
        elif not isinstance(module, RULED):
            raise UserError("attribution_deeplift_layer", layer=name, kind=type(module).__name__)
    guard = FunctionalReluGuard(method)
    replace_modules(inputs.network, rules, guard)
    for kind in RULED:
        clone_inputs(inputs.network, kind, guard)
    return ScoreModule(inputs.f, guard), bool(rules)


def _captum_takes(module: nn.Module, inputs: MethodInput) -> bool:
    """Return whether Captum has a rule for exactly this class, and the module runs once in a pass."""
    return type(module) in RULED and module not in inputs.f.reused


def _checked(inputs: MethodInput, values: Tensor, corrected: bool) -> MethodResult:
    """Return the map with its sum, or raise if that misses f(x) − f(x′): some non-linear layer has no rule."""
    values = values.detach()
    completeness = Completeness(float(values.double().sum()), inputs.difference)
    missed = abs(completeness.total - completeness.difference)
    if missed > max(0.01 * abs(inputs.difference), 1e-4 * float(values.abs().sum()), inputs.rounding_error):
        error = 100 * completeness.error
        raise UserError("attribution_deeplift_sum", percent=f"{error:.3g}" if math.isfinite(error) else "∞")
    return MethodResult(values, completeness, corrected=corrected)


DEEPLIFT = Method(
    "deeplift",
    deeplift,
    "DeepLift",
    'DeepLift({model}, eps=1e-6).attribute(image, torch.from_numpy(archive["baseline"]), {target})[0]',
    lambda options, shape: 4,
    "Shrikumar, Greenside & Kundaje 2017, arXiv:1704.02685",
    uses_baseline=True,
    adds_up=True,
    footprint=7.0,
    corrected="sometimes",
    hooks=True,
)
DEEPLIFT_SHAP = Method(
    "deeplift-shap",
    deeplift_shap,
    "DeepLiftShap",
    'DeepLiftShap({model}).attribute(image, torch.from_numpy(archive["baseline"]), {target})[0]',
    lambda options, shape: 16,
    "Lundberg & Lee 2017, arXiv:1705.07874",
    uses_baseline=True,
    adds_up=True,
    averages=True,
    footprint=30.0,
    corrected="sometimes",
    hooks=True,
)
