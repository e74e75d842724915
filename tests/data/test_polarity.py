import pytest
import torch

from cnnviz.data import dataset, sample
from cnnviz.data.polarity import MOSTLY, compare_polarity, light_background_share, light_border_share


def test_a_dark_stroke_on_white_has_a_light_border_and_its_negative_a_dark_one():
    stroke = torch.zeros(1, 3, 9, 9, dtype=torch.uint8)
    stroke[:, :, 2:7, 4] = 255
    assert light_border_share(stroke).item() == 0
    assert light_border_share(255 - stroke).item() == 1
    shaded = 40 + (255 - stroke) // 4  # ink of 40 on paper of 103
    assert light_border_share(shaded).item() == 1
    assert light_border_share(torch.full((1, 1, 4, 4), 200, dtype=torch.uint8)).item() == 0.5  # no figure, no ground


def test_of_four_images_one_stands_on_a_light_ground():
    images = torch.zeros(4, 1, 5, 5, dtype=torch.uint8)
    images[:, :, 2, 2] = 255
    images[1] = 255 - images[1]
    assert light_background_share(images) == 0.25


def test_grounds_are_compared_only_where_the_set_has_one_and_the_image_too():
    assert [compare_polarity(light, 0.0) for light in (1, MOSTLY, 0.55, 0.1)] == ["other", "other", "unclear", "same"]
    assert [compare_polarity(light, 1.0) for light in (1, MOSTLY, 0.55, 0.1)] == ["same", "same", "unclear", "other"]
    assert {compare_polarity(1, usual) for usual in (None, 0.3, 0.5, 0.94)} == {"unclear"}


@pytest.mark.parametrize("name", ["digits", "digits-tagged"])
def test_no_digit_stands_on_a_light_ground(name):
    entry = dataset(name)
    light = light_border_share(entry.load("train").images)
    assert light.max() < 0.5
    assert {compare_polarity(float(one), entry.light_grounds) for one in 1 - light} == {"other"}


def test_a_photograph_of_a_town_has_no_one_ground():
    assert compare_polarity(float(light_border_share(sample("china").load()[None])), 0.0) == "unclear"
