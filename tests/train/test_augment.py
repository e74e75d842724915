import pytest
import torch

from cnnviz.train.augment import AUGMENTATIONS, COLOUR_RANGE, apply_augmentations, colour, crop, flip


def pixels(count=64, channels=3, side=16):
    return torch.rand(count, channels, side, side, generator=torch.Generator().manual_seed(3))


def draws(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_an_augmentation_keeps_shape_and_range_changes_something_and_repeats_by_seed(name, channels):
    before = pixels(channels=channels)
    kept = before.clone()
    after = AUGMENTATIONS[name](before, draws())
    assert after.shape == before.shape
    assert 0 <= after.min() <= after.max() <= 1
    assert not torch.equal(after, before)
    assert torch.equal(before, kept)
    assert torch.equal(after, AUGMENTATIONS[name](before, draws()))
    assert not torch.equal(after, AUGMENTATIONS[name](before, draws(1)))


def test_a_flip_gives_each_image_or_its_mirror_about_equally_often():
    before = pixels(400, 1, 4)
    after = flip(before, draws())
    mirrored = (after == before.flip(-1)).flatten(1).all(1)
    same = (after == before).flatten(1).all(1)
    assert torch.equal(mirrored, ~same)
    assert 150 < mirrored.sum() < 250


def test_a_crop_is_a_move_by_at_most_an_eighth_with_zeros_from_outside():
    before = pixels(40, 2, 16)
    after = crop(before, draws())
    moves = set()
    for old, new in zip(before, after, strict=True):
        wide = torch.nn.functional.pad(old, (2, 2, 2, 2))
        found = [(y, x) for y in range(5) for x in range(5) if torch.equal(wide[:, y : y + 16, x : x + 16], new)]
        assert len(found) == 1
        moves.update(found)
    assert len(moves) > 10


def test_a_colour_change_of_a_flat_grey_image_is_a_brightness_within_its_range():
    after = colour(torch.full((200, 3, 4, 4), 0.5), draws())
    values = after[:, 0, 0, 0]
    assert torch.allclose(after, values.view(-1, 1, 1, 1).expand_as(after), atol=1e-6)
    assert 0.5 * (1 - COLOUR_RANGE) - 1e-6 <= values.min() < 0.35
    assert 0.65 < values.max() <= 0.5 * (1 + COLOUR_RANGE) + 1e-6


def test_augmentations_follow_each_other_in_the_order_asked_for():
    generator = draws(7)
    expected = flip(crop(pixels(), generator), generator)
    assert torch.equal(apply_augmentations(pixels(), ("crop", "flip"), 7), expected)
