import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from cnnviz.train.batch_preparation import BatchPreparation, pixel_statistics


def pixels(channels=1, side=28):
    noise = torch.rand(2, channels, side, side, generator=torch.Generator().manual_seed(1))
    return (F.avg_pool2d(F.pad(noise, (1, 1, 1, 1)), 3, 1) * 255).to(torch.uint8)


def test_pixels_become_fractions_of_255_and_nothing_else_by_default():
    assert torch.equal(BatchPreparation()(pixels()), pixels().float() / 255)


@pytest.mark.parametrize("size", [96, 224, 14])
def test_resizing_is_the_bilinear_resizing_of_pillow_up_to_its_rounding(size):
    ours = BatchPreparation(size)(pixels())
    for image, resized in zip(pixels(), ours, strict=True):
        theirs = Image.fromarray(image[0].numpy()).resize((size, size), Image.Resampling.BILINEAR)
        assert np.abs(np.asarray(theirs) - resized[0].numpy() * 255).max() < 1.01


def test_standardised_pixels_have_mean_0_and_deviation_1_per_channel():
    images = pixels(3)
    prepared = BatchPreparation(0, *pixel_statistics(images))(images)
    assert torch.allclose(prepared.mean((0, 2, 3)), torch.zeros(3), atol=1e-5)
    assert torch.allclose(prepared.var((0, 2, 3), correction=0), torch.ones(3), atol=1e-4)


def test_channels_last_changes_the_layout_and_no_value():
    plain, last = BatchPreparation(32)(pixels(3)), BatchPreparation(32, channels_last=True)(pixels(3))
    assert last.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(plain, last)
