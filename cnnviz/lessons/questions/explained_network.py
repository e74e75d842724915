"""A network whose scores are explained: its module and image, scores, maps by method, and links to them."""

import torch
from torch import Tensor, nn

from cnnviz.attribution import METHODS, Attribution, Target
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import PageLink, ShownGrid
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.module_copy.clone import clone_sharing_weights

GRADIENT, SHARES, OCCLUSION, GUIDED = "gradient", "integrated-gradients", "occlusion", "guided-backprop"
INPUT_GRADIENT = "input-x-gradient"
MOST_MACS = 6_000_000
"""Multiply-adds of a network that is explained while a student waits: some hundred passes."""
STEPS = 32
"""Points between baseline and image at which integrated gradients takes a gradient."""


def explained_module(network: TracedNetwork) -> tuple[nn.Module, Tensor]:
    """Return the network and the image that it reads.

    Raises:
        NotApplicable: no image, no network with weights, one of too much work, or questions about a layer.
    """
    image = network.values().output("input")
    whole = not network.layer and network.trace.num_trainable > 0
    if network.module is None or not whole or network.trace.macs > MOST_MACS:
        raise NotApplicable("question_none", network=network.title)
    return network.module, image


def class_scores(network: TracedNetwork) -> tuple[Tensor, Tensor]:
    """Return the scores of the image, and those of an image of zeros."""
    module, image = explained_module(network)

    def find() -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            own, black = clone_sharing_weights(module)(torch.cat((image, torch.zeros_like(image))))
        return own, black

    return network.once("scores", find)


def attribution_map(network: TracedNetwork, method: str, target: int) -> Attribution:
    """Return the map of a class's score by a method, computed once for each network."""
    module, image = explained_module(network)
    options = {"steps": STEPS} if method == SHARES else None
    return network.once(
        f"{method}/{target}", lambda: METHODS[method].attribute(module, image, Target(target), options=options)
    )


def class_name(network: TracedNetwork, index: int) -> Sentence | str:
    """Return the name of a class; its number where there is none."""
    return network.classes[index] if network.classes else str(index)


def method_title(method: str) -> Sentence:
    """Return the title of a method."""
    return Sentence("attribution", f"method.{method}.title")


def saliency_link(method: str, **params: str) -> PageLink:
    """Return the link to a method's map of the network, and to a test of trust."""
    return PageLink("saliency", {"method": method, **params})


def shown_map(title: Sentence, values: Tensor) -> ShownGrid:
    """Return a map (C, H, W), of which the channels of a pixel are summed, to be drawn in colours."""
    plane = values.sum(0) if values.ndim == 3 else values
    return ShownGrid(title, tuple(tuple(float(f"{value:.6g}") for value in line) for line in plane.tolist()))
