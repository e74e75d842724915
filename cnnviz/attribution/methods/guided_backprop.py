"""Guided Backprop and Deconvolution: gradients that pass each ReLU only where they are positive."""

from types import MappingProxyType

from captum.attr import Deconvolution, GuidedBackprop
from torch import nn

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.attribution.methods.backward_rules import FunctionalReluGuard, clone_inputs
from cnnviz.attribution.result import AttributionNote
from cnnviz.attribution.score import ScoreModule

OTHERS = (
    nn.ReLU6,
    nn.Sigmoid,
    nn.Tanh,
    nn.Hardswish,
    nn.Hardsigmoid,
    nn.SiLU,
    nn.GELU,
    nn.LeakyReLU,
    nn.ELU,
    nn.Softplus,
    nn.Softmax,
)
"""Activations that are not ReLU, whose gradient both methods leave as it is."""


def guided_backprop(inputs: MethodInput) -> MethodResult:
    """Return the map of Springenberg's rule: a gradient passes a ReLU where it and the ReLU's input are positive."""
    relus, notes = count_relus(inputs)
    values = GuidedBackprop(guided_module(inputs, "guided-backprop")).attribute(inputs.differentiable_image)
    return MethodResult(values[0], notes=notes, corrected=relus > 0)


def deconvolution(inputs: MethodInput) -> MethodResult:
    """Return the map of Zeiler's rule: a gradient passes a ReLU where it is positive."""
    relus, notes = count_relus(inputs)
    values = Deconvolution(guided_module(inputs, "deconvolution")).attribute(inputs.differentiable_image)
    return MethodResult(values[0], notes=notes, corrected=relus > 0)


def guided_module(inputs: MethodInput, method: str) -> ScoreModule:
    """Return f as a module whose ReLUs each read a clone of their input, and which refuses a functional one.

    Captum's rule acts on the gradient of the tensor that a ReLU reads: where others read it too, on their sum.
    """
    guard = FunctionalReluGuard(method)
    clone_inputs(inputs.network, nn.ReLU, guard)
    return ScoreModule(inputs.f, guard)


def count_relus(inputs: MethodInput) -> tuple[int, tuple[AttributionNote, ...]]:
    """Return the number of ReLUs that the rule acts on, and notes if there are none or other activations too."""
    relus = sum(isinstance(module, nn.ReLU) for module in inputs.network.modules())
    others = sum(isinstance(module, OTHERS) for module in inputs.network.modules())
    if not relus:
        return 0, (AttributionNote("equals_gradient"),)
    return relus, (
        (AttributionNote("other_activations", MappingProxyType({"relu": relus, "others": others})),) if others else ()
    )


GUIDED_BACKPROP = Method(
    "guided-backprop",
    guided_backprop,
    "GuidedBackprop",
    "GuidedBackprop({model}).attribute(image, {target})[0]",
    lambda options, shape: 1,
    "Springenberg et al. 2015, arXiv:1412.6806",
    slopes=True,
    corrected="always",
    hooks=True,
)
DECONVOLUTION = Method(
    "deconvolution",
    deconvolution,
    "Deconvolution",
    "Deconvolution({model}).attribute(image, {target})[0]",
    lambda options, shape: 1,
    "Zeiler & Fergus 2014, arXiv:1311.2901",
    slopes=True,
    corrected="always",
    hooks=True,
)
