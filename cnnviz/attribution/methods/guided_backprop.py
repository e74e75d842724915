"""Gradients that let only positive signals back through each ReLU."""

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


def guided_backprop(given: MethodInput) -> MethodResult:
    """Springenberg's rule: a gradient passes a ReLU where it and the ReLU's input are positive."""
    relus, notes = count_relus(given)
    values = GuidedBackprop(guided_module(given, "guided-backprop")).attribute(given.watched)
    return MethodResult(values[0], notes=notes, corrected=relus > 0)


def deconvolution(given: MethodInput) -> MethodResult:
    """Zeiler's rule: a gradient passes a ReLU where it is positive."""
    relus, notes = count_relus(given)
    values = Deconvolution(guided_module(given, "deconvolution")).attribute(given.watched)
    return MethodResult(values[0], notes=notes, corrected=relus > 0)


def guided_module(given: MethodInput, method: str) -> ScoreModule:
    """Return f as a module whose ReLUs each read a copy of their input, and which refuses a functional one.

    Captum's rule acts on the gradient of the tensor that a ReLU reads: where others read it too, on their sum.
    """
    guard = FunctionalReluGuard(method)
    clone_inputs(given.network, nn.ReLU, guard)
    return ScoreModule(given.f, guard)


def count_relus(given: MethodInput) -> tuple[int, tuple[AttributionNote, ...]]:
    """How many ReLUs the rule acts on, and what to know where they are none or not all activations."""
    relus = sum(isinstance(module, nn.ReLU) for module in given.network.modules())
    others = sum(isinstance(module, OTHERS) for module in given.network.modules())
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
