"""Inside the network: what a layer's cells carry of the answer, and which pixels move one unit."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import torch
from captum.attr import LayerGradientXActivation, NeuronGradient
from torch import Tensor

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.attribution.methods.convergence import FIRST_STEPS, with_adaptive_steps
from cnnviz.attribution.methods.layer_probe import LAYER, UNUSED_IS_ZERO, LayerProbe
from cnnviz.errors import UserError
from cnnviz.options import Option, Whole


def conductance(given: MethodInput) -> MethodResult:
    """∫ ∂f/∂cell · dcell along the line from x′ to x, added up over the channels: (h, w).

    By the trapezoid rule from end to end, over the slopes that Captum's layer gradients give: its own
    `LayerConductance` leaves out both ends, or takes for each step the slope at its beginning alone.
    """
    return replace(with_adaptive_steps(given, _conduct, ends=1), corrected=True)


def _conduct(given: MethodInput, steps: int) -> Tensor:
    slopes_at = LayerGradientXActivation(given.f, given.module, multiply_by_inputs=False)
    places = torch.linspace(0, 1, steps + 1).to(given.image)
    parts: list[tuple[Tensor, Tensor]] = []
    total: Tensor | None = None
    for part in places.split(given.batch):
        points = given.baseline + part.view(-1, 1, 1, 1) * (given.image - given.baseline)
        with LayerProbe(given) as probe:
            slopes = slopes_at.attribute(points, grad_kwargs=UNUSED_IS_ZERO)
        parts = [*parts, (probe.output, slopes)]
        maps, slopes = (torch.cat(pieces) for pieces in zip(*parts, strict=True))
        share = ((maps[1:] - maps[:-1]) * (slopes[1:] + slopes[:-1]) / 2).sum((0, 1))
        total = share if total is None else total + share
        parts = [(maps[-1:], slopes[-1:])]
    assert total is not None
    return total


def neuron_gradient(given: MethodInput) -> MethodResult:
    """∂unit/∂x for one unit of a layer: its effective receptive field, on this image.

    Where no unit is named, the middle cell, and there the channel with the largest value.
    """
    unit = _Unit(given)
    with LayerProbe(given, places=False):
        slopes = NeuronGradient(given.f, given.module).attribute(given.watched, unit)
    return MethodResult(slopes[0], output=unit.value, chosen=MappingProxyType(unit.place))


class _Unit:
    """Picks the unit out of the layer's output, and keeps which it was and its value."""

    def __init__(self, given: MethodInput) -> None:
        self._layer, self._options = given.layer, given.options
        self.place: dict[str, Any] = {}
        self.value = 0.0

    def __call__(self, units: Tensor) -> Tensor:
        """(1, …) -> (1,)."""
        maps = units[0] if units.dim() == 4 else units.reshape(-1, 1, 1)
        channel, row, column = (int(self._options[name]) for name in ("channel", "row", "column"))
        row = maps.shape[1] // 2 if row < 0 else row
        column = maps.shape[2] // 2 if column < 0 else column
        if channel >= maps.shape[0] or row >= maps.shape[1] or column >= maps.shape[2]:
            got, shape = f"{channel}, {row}, {column}", "×".join(map(str, maps.shape))
            raise UserError("attribution_unit", layer=self._layer, got=got, shape=shape)
        channel = int(maps[:, row, column].argmax()) if channel < 0 else channel
        self.place = {"channel": channel, "row": row, "column": column}
        unit = maps[channel, row, column]
        self.value = float(unit.detach())
        return unit[None]


def _cost(options: object, shape: object) -> int:
    return 2


CONDUCTANCE = Method(
    "conductance",
    conductance,
    "LayerConductance",
    f"LayerConductance({{model}}, {LAYER}).attribute(\n"
    '    image, torch.from_numpy(archive["baseline"]), {target}n_steps={steps}\n)[0].sum(0)',
    lambda options, shape: 3 + (int(options["steps"]) or 2 * FIRST_STEPS),
    "Dhamdhere, Sundararajan & Yan 2019, arXiv:1805.12233",
    kind="layer",
    needs_layer=True,
    uses_baseline=True,
    batches=True,
    adds_up=True,
    corrected="always",
    options=(Option("steps", Whole(8, 2048, automatic=0), 0),),
)
NEURON_GRADIENT = Method(
    "neuron-gradient",
    neuron_gradient,
    "NeuronGradient",
    f"NeuronGradient(model, {LAYER}).attribute(\n"
    "    image, lambda units: units.reshape(*units.shape, *[1] * (4 - units.dim()))[:, {channel}, {row}, {column}]\n"
    ")[0]",
    _cost,
    "Luo et al. 2016, arXiv:1701.04128",
    slopes=True,
    needs_layer=True,
    options=tuple(Option(name, Whole(0, 65535, automatic=-1), -1) for name in ("channel", "row", "column")),
)
