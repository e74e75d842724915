"""Gradients that let only positive signals back through each ReLU."""

from types import MappingProxyType

from captum.attr import Deconvolution, GuidedBackprop
from torch import nn

from cnnviz.attribution.method import Found, Given, Method
from cnnviz.attribution.methods.backward_rules import FunctionalGuard, read_copies
from cnnviz.attribution.question import ScoreModule
from cnnviz.attribution.record import Note

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


def guided_backprop(given: Given) -> Found:
    """Springenberg's rule: a gradient passes a ReLU where it and the ReLU's input are positive."""
    relus, notes = count_relus(given)
    values = GuidedBackprop(guided_module(given, "guided-backprop")).attribute(given.watched)
    return Found(values[0], notes=notes, corrected=relus > 0)


def deconvolution(given: Given) -> Found:
    """Zeiler's rule: a gradient passes a ReLU where it is positive."""
    relus, notes = count_relus(given)
    values = Deconvolution(guided_module(given, "deconvolution")).attribute(given.watched)
    return Found(values[0], notes=notes, corrected=relus > 0)


def guided_module(given: Given, method: str) -> ScoreModule:
    """Return f as a module whose ReLUs each read a copy of their input, and which refuses a functional one.

    Captum's rule acts on the gradient of the tensor that a ReLU reads: where others read it too, on their sum.
    """
    guard = FunctionalGuard(method)
    read_copies(given.network, nn.ReLU, guard)
    return ScoreModule(given.f, guard)


def count_relus(given: Given) -> tuple[int, tuple[Note, ...]]:
    """How many ReLUs the rule acts on, and what to know where they are none or not all activations."""
    relus = sum(isinstance(module, nn.ReLU) for module in given.network.modules())
    others = sum(isinstance(module, OTHERS) for module in given.network.modules())
    if not relus:
        return 0, (Note("equals_gradient"),)
    return relus, ((Note("other_activations", MappingProxyType({"relu": relus, "others": others})),) if others else ())


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
