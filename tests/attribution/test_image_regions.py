"""What is switched on and off as one."""

import pytest
import torch
from scipy.ndimage import label

from cnnviz.attribution.image_regions import superpixel_regions


@pytest.mark.parametrize("channels", [1, 3])
def test_superpixels_follow_the_border_of_two_colours_and_are_of_one_piece(channels):
    disc = (torch.arange(32)[:, None] - 15) ** 2 + (torch.arange(32)[None] - 12) ** 2 < 81
    colours = torch.tensor([[0.1, 0.2, 0.3], [0.9, 0.6, 0.5]])[:, :channels]
    regions = superpixel_regions(colours[disc.long()].permute(2, 0, 1), 5)
    count = int(regions.max()) + 1
    assert regions.shape == (32, 32)
    assert 10 <= count <= 30
    assert torch.equal(regions.unique(), torch.arange(count))
    strays = sum(
        min(int((disc & part).sum()), int((~disc & part).sum())) for part in (regions == k for k in range(count))
    )
    assert strays < 0.02 * disc.numel()
    assert all(label(regions.numpy() == number)[1] == 1 for number in range(count))


def test_superpixels_of_one_colour_and_of_few_pixels_are_there_too():
    assert int(superpixel_regions(torch.full((1, 28, 28), 0.3), 4).max()) + 1 == 16
    assert int(superpixel_regions(torch.rand(2, 3, 3), 32).max()) < 9
    assert int(superpixel_regions(torch.rand(1, 8, 8), 1).max()) == 0
