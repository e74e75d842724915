"""The layers of a network on one image, their sizes in cells, and which suits a class activation map."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.module_copy.checks import input_dtype
from cnnviz.module_copy.clone import clone_sharing_weights

MIN_CELLS = 3
"""Cells a side below which a map locates nothing."""
SUGGESTED_CELLS = 7
"""Cells a side of a suggested layer, if some layer has as many."""


@dataclass(frozen=True, slots=True)
class LayerOutput:
    """The output of one module."""

    name: str
    """Dotted path."""
    kind: str
    """Class name."""
    shape: tuple[int, ...]
    """(C, H, W), or (F,)"""
    calls: int
    """How often it runs in one pass; a layer that runs more than once has no map of its own."""
    leaf: bool
    """False for a block of other modules."""
    ends_with: str = ""
    """The layer whose output is also this block's; "" for none."""

    @property
    def cells(self) -> tuple[int, int]:
        """Return height and width; (1, 1) for a layer without maps."""
        return (self.shape[1], self.shape[2]) if len(self.shape) == 3 else (1, 1)

    @property
    def fits_map(self) -> bool:
        """Return whether a class activation map of this layer can locate anything."""
        return len(self.shape) == 3 and self.calls == 1 and min(self.cells) >= MIN_CELLS


def list_layers(model: nn.Module, image: Tensor) -> tuple[LayerOutput, ...]:
    """Return the modules in the order in which they finish on (1, C, H, W), the network itself left out.

    A block and its last layer are both listed. The model is not touched.
    """
    network = clone_sharing_weights(model)
    shapes: dict[str, tuple[int, ...]] = {}
    calls: dict[str, int] = {}
    ends: dict[str, str] = {}
    last: list[tuple[str, Tensor]] = []
    for name, module in network.named_modules():
        if name:

            def keep(module: nn.Module, inputs: object, output: object, name: str = name) -> None:
                if isinstance(output, Tensor) and output.dim() in (2, 4):
                    calls[name] = calls.pop(name, 0) + 1
                    shapes.pop(name, None)
                    shapes[name] = tuple(output.shape[1:])
                    ends[name] = last[0][0] if last and last[0][1] is output else ""
                    last[:] = [(ends[name] or name, output)]

            module.register_forward_hook(keep)
    with torch.no_grad():
        network(image.to(input_dtype(network)))
    modules = dict(network.named_modules())
    return tuple(
        LayerOutput(
            name, type(modules[name]).__name__, shape, calls[name], not any(modules[name].children()), ends[name]
        )
        for name, shape in shapes.items()
    )


def suggest_layer(layers: Sequence[LayerOutput]) -> LayerOutput:
    """Return the layer for a class activation map: the last with at least 7×7 cells, else the last with the most.

    Late layers separate classes, early ones places; 7×7 is what ImageNet networks leave at 224×224. A layer
    is preferred to the block that it ends.

    Raises:
        UserError: `attribution_no_layer` where no layer has 3×3 cells.
    """
    fitting = [layer for layer in layers if layer.fits_map]
    if not fitting:
        raise UserError("attribution_no_layer", least=MIN_CELLS)
    most = max(min(layer.cells) for layer in fitting)
    sharp = [layer for layer in fitting if min(layer.cells) >= min(SUGGESTED_CELLS, most)]
    chosen = sharp[-1]
    return next((layer for layer in sharp if layer.name == chosen.ends_with), chosen)


def find_layer(layers: Sequence[LayerOutput], name: str) -> LayerOutput:
    """Return the layer called `name`.

    Raises:
        UserError: `attribution_layer_unknown` or `attribution_layer_reused`.
    """
    for layer in layers:
        if layer.name == name:
            if layer.calls > 1:
                raise UserError("attribution_layer_reused", layer=name, calls=layer.calls)
            return layer
    known = [layer.name for layer in layers if layer.fits_map]
    raise UserError("attribution_layer_unknown", name=name, known=known or "-")


def check_layer_map(name: str, shape: tuple[int, ...]) -> None:
    """Raise if a map of a layer with this output, (C, H, W) or (F,), cannot locate anything.

    Raises:
        UserError: `attribution_layer_flat` or `attribution_layer_small`.
    """
    if len(shape) != 3:
        raise UserError("attribution_layer_flat", layer=name)
    _, height, width = shape
    if min(height, width) < MIN_CELLS:
        raise UserError("attribution_layer_small", layer=name, height=height, width=width, least=MIN_CELLS)
