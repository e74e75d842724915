"""Cascading randomisation: the map of a network whose stages are randomised one after the other.

Adebayo et al. 2018, "Sanity checks for saliency maps", arXiv:1810.03292.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.attribution.base import Method
from cnnviz.attribution.layers import list_layers
from cnnviz.attribution.result import Attribution
from cnnviz.attribution.score import Progress, Stop
from cnnviz.attribution.seeded_random import make_generator
from cnnviz.attribution.target import Target
from cnnviz.attribution.trust.importance import rank_correlation
from cnnviz.module_copy.clone import clone_sharing_weights

SUSPICIOUS_CORRELATION = 0.5
"""A rank correlation, with only the last stage randomised, above which a map hardly depends on the class."""


@dataclass(frozen=True, slots=True, eq=False)
class RandomisationStep:
    """The map after one more stage of the network has been randomised."""

    step: int
    """0 for the network as it is, then 1, 2, … stages from the top."""
    steps: int
    stage: str
    """Dotted name of the stage randomised last; "" at step 0."""
    found: Attribution
    correlation: float
    """Spearman's ρ, signed, of this map with that of step 0."""


def list_stages(model: nn.Module, image: Tensor) -> tuple[str, ...]:
    """Return the stages of the network that have parameters, from the last that runs to the first.

    They are the network's direct children; a single child is split further.
    """
    prefix, whole = "", model
    children = [(name, child) for name, child in whole.named_children() if any(True for _ in child.parameters())]
    while len(children) == 1 and any(children[0][1].children()):
        prefix, whole = f"{prefix}{children[0][0]}.", children[0][1]
        children = [(name, child) for name, child in whole.named_children() if any(True for _ in child.parameters())]
    names = [prefix + name for name, _ in children]
    ran = [layer.name for layer in list_layers(model, image)]
    return tuple(sorted(names, key=lambda name: ran.index(name) if name in ran else -1, reverse=True))


def randomise_stage(network: nn.Module, stage: str, seed: int) -> None:
    """Give every module of a stage of a cloned network the kind of weights that torch initialises with.

    Weights and biases uniform within ±1/√fan-in; normalisations as at their start. It replaces the
    tensors, so that those shared with another network stay.
    """
    draws = make_generator(seed, f"randomise/{stage}")
    for module in network.get_submodule(stage).modules():
        weight = module._parameters.get("weight")
        fan = weight[0].numel() if weight is not None and weight.dim() > 1 else 0
        for name, old in module._parameters.items():
            if old is not None:
                fresh = (
                    (2 * torch.rand(old.shape, generator=draws) - 1) / math.sqrt(fan)
                    if fan
                    else torch.full(old.shape, 1.0 if name == "weight" else 0.0)
                )
                module._parameters[name] = nn.Parameter(fresh.to(old), requires_grad=False)
        for name, blank in (("running_mean", 0.0), ("running_var", 1.0)):
            buffer = module._buffers.get(name)
            if buffer is not None:
                module._buffers[name] = torch.full_like(buffer, blank)


def cascading_randomisation(
    method: Method,
    model: nn.Module,
    image: Tensor,
    target: Target,
    *,
    layer: str = "",
    baseline: Tensor | None = None,
    options: Mapping[str, Any] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Iterator[RandomisationStep]:
    """Yield the map of the network as it is, then with one more stage randomised at a time, from the top down.

    Raises:
        UserError: what `Method.attribute` refuses.
        Stopped: `stop()` was true.
    """
    stages = list_stages(model, image)
    network = clone_sharing_weights(model)
    settings: dict[str, Any] = {"baseline": baseline, "options": options, "seed": seed, "stop": stop}
    first: Attribution | None = None
    for step, stage in enumerate(("", *stages)):
        if stage:
            randomise_stage(network, stage, seed)
        place = layer or (first.layer if first else "")
        found = method.attribute(network, image, target, layer=place, **settings)
        first = first or found
        if progress is not None:
            progress(step + 1, len(stages) + 1)
        yield RandomisationStep(step, len(stages), stage, found, rank_correlation(first.flat(), found.flat()))


def head_correlation(
    method: Method,
    model: nn.Module,
    image: Tensor,
    target: Target,
    *,
    layer: str = "",
    baseline: Tensor | None = None,
    options: Mapping[str, Any] | None = None,
    seed: int = 0,
    draws: int = 8,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> float:
    """Return the mean rank correlation of the map with those of networks whose last stage alone is random.

    Over several draws, because one random head may agree by chance, cell for cell. A method above
    `SUSPICIOUS_CORRELATION` hardly depends on the class.

    Raises:
        UserError: what `Method.attribute` refuses.
        Stopped: `stop()` was true.
    """
    head = list_stages(model, image)[0]
    settings: dict[str, Any] = {"baseline": baseline, "options": options, "seed": seed, "stop": stop}
    first = method.attribute(model, image, target, layer=layer, **settings)
    correlations = []
    for draw in range(draws):
        network = clone_sharing_weights(model)
        randomise_stage(network, head, seed + draw)
        found = method.attribute(network, image, target, layer=first.layer, **settings)
        correlations.append(rank_correlation(first.flat(), found.flat()))
        if progress is not None:
            progress(draw + 1, draws)
    return sum(correlations) / draws
