"""DeepLift with the rescale rule: differences from a baseline, followed backwards through each layer."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from cnnviz.attribution.method import Found, Given, Method
from cnnviz.attribution.methods.rewired import Rule, rewire
from cnnviz.attribution.record import Completeness
from cnnviz.errors import Refusal

SMALL = 1e-6
"""A difference below which the slope stands in for the ratio of differences."""
POINTWISE = (
    nn.ReLU,
    nn.ReLU6,
    nn.LeakyReLU,
    nn.ELU,
    nn.Sigmoid,
    nn.Tanh,
    nn.Softplus,
    nn.SiLU,
    nn.GELU,
    nn.Hardswish,
    nn.Hardsigmoid,
)
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
    """A pointwise function of [x; x′]; backwards Δoutput / Δinput for x and nothing for x′."""

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
    """Max pooling of [x; x′]; backwards the whole Δoutput at one pixel of each window.

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


def deeplift(given: Given) -> Found:
    """(x − x′) · Δf/Δx by the rescale rule; a maximum hands its whole difference to the pixel that made it.

    Captum's DeepLift loses up to several times f(x) − f(x′) where max pooling follows a ReLU; these rules keep
    the sum there. What is neither linear nor covered by a rule is refused, by its name where it is a module,
    else by the sum that it breaks.
    """
    if given.f.target.probability:
        raise Refusal("attribution_deeplift_probability")
    for name, module in given.network.named_modules():
        if not any(module.children()) and not isinstance(module, (*POINTWISE, *LINEAR, nn.MaxPool2d, nn.Sequential)):
            raise Refusal("attribution_deeplift_layer", layer=name, kind=type(module).__name__)
    rules: dict[type[nn.Module], Rule] = dict.fromkeys(POINTWISE, lambda module, x: _Rescale.apply(x, module))
    rules[nn.MaxPool2d] = lambda module, x: _MaxPool.apply(x, module)
    watch = rewire(given.network, "deeplift", rules)
    slopes = watch.slopes(given.f, torch.cat((given.image, given.baseline)))
    values = (given.image - given.baseline)[0] * slopes[0]
    completeness = Completeness(float(values.double().sum()), given.difference)
    missed = abs(completeness.total - completeness.difference)
    if missed > max(0.01 * abs(given.difference), 1e-4 * float(values.abs().sum()), given.rounding):
        error = 100 * completeness.error
        raise Refusal("attribution_deeplift_sum", percent=f"{error:.3g}" if math.isfinite(error) else "∞")
    return Found(values, completeness)


DEEPLIFT = Method(
    "deeplift",
    deeplift,
    lambda options, shape: 4,
    "Shrikumar, Greenside & Kundaje 2017, arXiv:1704.02685",
    uses_baseline=True,
    adds_up=True,
    footprint=6.0,
)
