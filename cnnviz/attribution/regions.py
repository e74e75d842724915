"""Parts of an image that are switched on and off as one: squares, or superpixels that follow its colours."""

import torch
from torch import Tensor

ROUNDS = 10
COMPACTNESS = 0.35
"""How far in colour, on the scale [0, 1], weighs as much as one cell in place."""


def squares(height: int, width: int, cells: int) -> Tensor:
    """Region numbers int64 (H, W) of a grid of `cells` × `cells` squares, as equal as pixels allow."""
    rows = torch.arange(height) * min(cells, height) // height
    columns = torch.arange(width) * min(cells, width) // width
    return rows[:, None] * min(cells, width) + columns


def superpixels(image: Tensor, cells: int) -> Tensor:
    """Region numbers int64 (H, W), from 0 without gaps, of (C, H, W): pixels near in place and colour.

    k-means on place and colour, begun at a grid of `cells` × `cells` squares: the idea of SLIC (Achanta et al.
    2012), without its search window and without its joining of stray pixels.
    """
    channels, height, width = image.shape
    spread = float(image.max() - image.min()) or 1.0
    colours = image.flatten(1).T / (spread * COMPACTNESS * channels**0.5)
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    side = max(height, width) / cells
    points = torch.cat((colours, torch.stack((rows, columns), 2).flatten(0, 1).to(image) / side), 1)
    regions = squares(height, width, cells).flatten()
    for _ in range(ROUNDS):
        regions = regions.unique(return_inverse=True)[1]
        count = int(regions.max()) + 1
        sums = torch.zeros(count, points.shape[1]).index_add_(0, regions, points)
        centres = sums / torch.bincount(regions, minlength=count)[:, None]
        nearest = torch.cat([torch.cdist(part, centres).argmin(1) for part in points.split(8192)])
        if torch.equal(nearest, regions):
            break
        regions = nearest
    return regions.unique(return_inverse=True)[1].view(height, width)


REGIONS = {"superpixels": superpixels, "squares": lambda image, cells: squares(image.shape[1], image.shape[2], cells)}
