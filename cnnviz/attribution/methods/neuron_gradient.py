"""Neuron gradient: the gradient of one unit of a layer with respect to the image."""

from types import MappingProxyType
from typing import Any

from captum.attr import NeuronGradient
from torch import Tensor

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.attribution.methods.layer_probe import LAYER, LayerProbe
from cnnviz.errors import UserError
from cnnviz.options import Option, Whole


def neuron_gradient(inputs: MethodInput) -> MethodResult:
    """Return ∂unit/∂x for one unit of a layer: its effective receptive field, on this image.

    Without a named unit it is the middle cell's channel with the largest value.
    """
    unit = _Unit(inputs)
    with LayerProbe(inputs, places=False):
        slopes = NeuronGradient(inputs.f, inputs.layer_module).attribute(inputs.differentiable_image, unit)
    return MethodResult(slopes[0], output=unit.value, chosen=MappingProxyType(unit.place))


class _Unit:
    """A callable that selects the unit from the layer's output and keeps its place and value."""

    def __init__(self, inputs: MethodInput) -> None:
        self._layer, self._options = inputs.layer, inputs.options
        self.place: dict[str, Any] = {}
        self.value = 0.0

    def __call__(self, units: Tensor) -> Tensor:
        """Map (1, …) to (1,)."""
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


NEURON_GRADIENT = Method(
    "neuron-gradient",
    neuron_gradient,
    "NeuronGradient",
    f"NeuronGradient(model, {LAYER}).attribute(\n"
    "    image, lambda units: units.reshape(*units.shape, *[1] * (4 - units.dim()))[:, {channel}, {row}, {column}]\n"
    ")[0]",
    lambda options, shape: 2,
    "Luo et al. 2016, arXiv:1701.04128",
    slopes=True,
    needs_layer=True,
    options=tuple(Option(name, Whole(0, 65535, automatic=-1), -1) for name in ("channel", "row", "column")),
)
