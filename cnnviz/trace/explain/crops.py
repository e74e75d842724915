"""Image crops that excite a channel most: what its strongest units saw."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.trace.explain.replay import Replay
from cnnviz.trace.record import Box, Pair, Trace

BUDGET = 64 * 2**20
"""Bytes that the largest activation of a batch may take."""
MAX_BATCH = 256


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """One image's strongest unit of a channel, and what it saw."""

    image: int
    """Its number in the stack."""
    value: float
    position: Pair | None
    """Row and column of the unit; None where the row is no map."""
    box: Box | None
    """The pixels that it sees, unclipped; None where it sees all."""
    pixels: Tensor
    """(C, h, w): the part of the box on the image, as the image was given."""


def top_crops(model: nn.Module, trace: Trace, name: str, channel: int, images: Tensor, k: int = 9) -> list[Crop]:
    """Return the `k` images of (N, C, H, W), uint8 or float, that excite a channel of a row most, strongest first.

    Each image stands with its best place only. uint8 pixels are read as fractions of 255.

    Raises:
        UserError: `explain_index`, `unknown_layer` or `walk_image`.
    """
    replay = Replay(model, trace)
    best, places = _strongest(replay, name, channel, images)
    field = None if name == "input" else trace[name].receptive_field
    crops = []
    for image in best.argsort(descending=True, stable=True)[:k].tolist():
        position = places[image]
        box = field.box(*position) if field is not None and position is not None else None
        crops.append(Crop(image, float(best[image]), position, box, crop_image(images[image], box)))
    return crops


def crop_image(image: Tensor, box: Box | None) -> Tensor:
    """Return the part of a (C, H, W) image that lies in `box`; the whole of it for None."""
    if box is None:
        return image
    inside = box.clipped(image.shape[-2], image.shape[-1])
    return image[..., inside.top : inside.bottom + 1, inside.left : inside.right + 1]


@torch.no_grad()
def _strongest(replay: Replay, name: str, channel: int, images: Tensor) -> tuple[Tensor, list[Pair | None]]:
    """Return the largest value of the channel on every image (N,), and where it stands."""
    largest = max((row.activation_bytes for row in replay.trace.layers), default=1)
    size = max(1, min(MAX_BATCH, BUDGET // largest))
    values: list[Tensor] = []
    places: list[Pair | None] = []
    for batch in images.split(size):
        output = replay.output(name, batch.float() / 255 if batch.dtype == torch.uint8 else batch)
        if not 0 <= channel < output.shape[1]:
            shape = "×".join(map(str, output.shape[1:]))
            raise UserError("explain_index", layer=name, index=channel, shape=shape)
        maps = output[:, channel]
        found = maps.flatten(1).max(1) if maps.dim() > 1 else None
        values.append(maps if found is None else found.values)
        for place in range(len(batch)):
            places.append(None if found is None else divmod(int(found.indices[place]), maps.shape[-1]))
    return torch.cat(values), places
