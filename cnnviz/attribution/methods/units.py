"""Inside the network: what a layer's cells carry of the answer, and which pixels move one unit."""

from types import MappingProxyType

import torch
from torch import Tensor

from cnnviz.attribution.layers import check_map
from cnnviz.attribution.method import Found, Given, Method
from cnnviz.attribution.methods.enough import FIRST_STEPS, with_enough_steps
from cnnviz.attribution.methods.kept import Kept, layer_gradient
from cnnviz.attribution.option import Option
from cnnviz.errors import Refusal


def conductance(given: Given) -> Found:
    """∫ ∂f/∂cell · dcell along the line from x′ to x, added up over the channels: (h, w).

    By the trapezoid rule from end to end, which adds up to f(x) − f(x′); Captum's sum leaves both ends out.
    """
    return with_enough_steps(given, _conduct, ends=1)


def _conduct(given: Given, steps: int) -> Tensor:
    places = torch.linspace(0, 1, steps + 1).to(given.image)
    total: Tensor | None = None
    last: tuple[Tensor, Tensor] | None = None
    for part in places.split(given.f.batch):
        points = given.baseline + part.view(-1, 1, 1, 1) * (given.image - given.baseline)
        maps, slopes = layer_gradient(given.f, given.layer, points)
        if total is None:
            check_map(given.layer, tuple(maps.shape[1:]))
            total = torch.zeros_like(maps[0])
        if last is not None:
            maps, slopes = torch.cat((last[0], maps)), torch.cat((last[1], slopes))
        total += ((maps[1:] - maps[:-1]) * (slopes[1:] + slopes[:-1]) / 2).sum(0)
        last = maps[-1:], slopes[-1:]
    assert total is not None
    return total.sum(0)


def neuron_gradient(given: Given) -> Found:
    """∂unit/∂x for one unit of a layer: its effective receptive field, on this image.

    Where no unit is named, the middle cell, and there the channel with the largest value.
    """
    with torch.enable_grad(), Kept(given.network, given.layer) as kept:
        watched = given.image.detach().clone().requires_grad_()
        given.f(watched)
        units = kept.take()[0]
        maps = units if units.dim() == 3 else units.reshape(-1, 1, 1)
        channel, row, column = (int(given.options[name]) for name in ("channel", "row", "column"))
        row = maps.shape[1] // 2 if row < 0 else row
        column = maps.shape[2] // 2 if column < 0 else column
        if channel >= maps.shape[0] or row >= maps.shape[1] or column >= maps.shape[2]:
            raise Refusal(
                "attribution_unit",
                layer=given.layer,
                got=f"{channel}, {row}, {column}",
                shape="×".join(map(str, maps.shape)),
            )
        channel = int(maps[:, row, column].argmax()) if channel < 0 else channel
        unit = maps[channel, row, column]
        (slopes,) = torch.autograd.grad(unit, watched)
    return Found(
        slopes[0],
        output=float(unit.detach()),
        chosen=MappingProxyType({"channel": channel, "row": row, "column": column}),
    )


def _cost(options: object, shape: object) -> int:
    return 2


CONDUCTANCE = Method(
    "conductance",
    conductance,
    lambda options, shape: 3 + (int(options["steps"]) or 2 * FIRST_STEPS),
    "Dhamdhere, Sundararajan & Yan 2019, arXiv:1805.12233",
    kind="layer",
    needs_layer=True,
    uses_baseline=True,
    batches=True,
    adds_up=True,
    options=(Option("steps", 0, low=8, high=2048, automatic=True),),
)
NEURON_GRADIENT = Method(
    "neuron-gradient",
    neuron_gradient,
    _cost,
    "Luo et al. 2016, arXiv:1701.04128",
    slopes=True,
    needs_layer=True,
    options=tuple(Option(name, -1, low=0, high=65535, automatic=True) for name in ("channel", "row", "column")),
)
