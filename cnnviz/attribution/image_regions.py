"""Regions of an image that are ablated as one: squares, or superpixels that follow its colours."""

import torch
from torch import Tensor

COMPACTNESS = {"colour": 10.0, "grey": 0.1}
"""How far in colour, on the scale of Lab and on that of [0, 1], weighs as much as one cell in place."""


def square_regions(height: int, width: int, cells: int) -> Tensor:
    """Return region numbers int64 (H, W) of a grid of `cells` × `cells` squares, as equal as pixels allow."""
    rows = torch.arange(height) * min(cells, height) // height
    columns = torch.arange(width) * min(cells, width) // width
    return rows[:, None] * min(cells, width) + columns


def superpixel_regions(image: Tensor, cells: int) -> Tensor:
    """Return region numbers int64 (H, W), from 0 without gaps, of (C, H, W): pixels near in place and colour.

    SLIC (Achanta et al. 2012) by scikit-image, begun at about `cells` × `cells` squares; each region is connected.
    """
    from skimage.segmentation import slic  # 0.15 s that only these two methods need

    channels, height, width = image.shape
    numbers = slic(
        image.permute(1, 2, 0).numpy(),
        n_segments=min(cells**2, height * width),
        compactness=COMPACTNESS["colour" if channels == 3 else "grey"],
        start_label=0,
    )
    return torch.from_numpy(numbers).unique(return_inverse=True)[1]


REGION_KINDS = {
    "superpixels": superpixel_regions,
    "squares": lambda image, cells: square_regions(image.shape[1], image.shape[2], cells),
}
