"""Thumbnails in one picture: the pixels that it holds are those of the images, in order."""

import base64
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.ui.components.image_grid.image_sprite import MOST_PIXELS, make_sprite


def _pixels(url: str) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(base64.b64decode(url.partition(",")[2]))))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_small_images_keep_every_pixel_and_stand_in_order(channels: int) -> None:
    images = torch.randint(0, 256, (5, channels, 9, 7), dtype=torch.uint8)
    sprite = make_sprite(list(images))
    assert (sprite.count, sprite.height, sprite.width) == (5, 9, 7)
    shown = _pixels(sprite.url)
    for place, image in enumerate(images):
        expected = image[:3].permute(1, 2, 0).numpy() if channels >= 3 else image[0].numpy()
        np.testing.assert_array_equal(shown[:, 7 * place : 7 * (place + 1)], expected)


def test_a_large_image_is_made_smaller_and_keeps_its_shape() -> None:
    sprite = make_sprite([torch.full((3, 224, 112), 7, dtype=torch.uint8)])
    assert (sprite.height, sprite.width) == (MOST_PIXELS, MOST_PIXELS // 2)
    assert (_pixels(sprite.url) == 7).all()
