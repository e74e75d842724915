import pytest
import torch

from cnnviz.data import dataset
from cnnviz.data.shapes import draw_shapes


@pytest.fixture(scope="module")
def drawn():
    return draw_shapes(4000, seed=7)


def test_the_label_is_the_set_of_classes_that_the_masks_show(drawn):
    for index in range(200):
        with_pixels = tuple(k for k in range(4) if drawn.mask(index, k).any())
        assert with_pixels == drawn.classes_of(index)
        assert len(with_pixels) in (1, 2)


def test_every_mask_covers_pixels_of_one_colour_that_the_ground_beside_it_has_not(drawn):
    for index in range(300):
        for k in drawn.classes_of(index):
            mask, image = drawn.mask(index, k), drawn.images[index].int()
            colours = image[:, mask].unique(dim=1)
            assert colours.shape[1] == 1
            same = (image == colours[:, :, None]).all(0)
            ground = drawn.regions[index] == 0
            assert not (same & ground).any()
            assert mask.sum() >= 15


def test_the_ground_is_textured(drawn):
    for index in range(50):
        ground = drawn.images[index][:, drawn.regions[index] == 0]
        assert ground.float().std(1).min() > 1
        assert ground.unique(dim=1).shape[1] > 50


def test_half_of_the_images_hold_two_shapes_and_all_classes_and_pairs_are_as_frequent(drawn):
    objects = drawn.labels.sum(1)
    assert (objects == 2).float().mean() == pytest.approx(0.5, abs=0.03)
    # one alone: 1/4; two different: 1/2; so 3/8 of all images show a given class
    assert drawn.labels.mean(0).tolist() == pytest.approx([0.375] * 4, abs=0.03)
    pairs = drawn.labels[objects == 2].T @ drawn.labels[objects == 2]
    share = pairs[torch.triu(torch.ones(4, 4), diagonal=1).bool()] / (objects == 2).sum()
    assert share.tolist() == pytest.approx([1 / 6] * 6, abs=0.03)


def test_places_reach_all_over_the_image(drawn):
    covered = (drawn.regions > 0).float().mean(0)
    assert covered[4:-4, 4:-4].min() > 0.02
    assert covered.mean(0).flip(0).tolist() == pytest.approx(covered.mean(0).tolist(), abs=0.03)


def test_the_same_seed_draws_the_same_images_and_another_seed_others(drawn):
    again = draw_shapes(100, seed=7)
    assert torch.equal(again.images, drawn.images[:100])
    assert torch.equal(again.labels, drawn.labels[:100])
    assert torch.equal(again.regions, drawn.regions[:100])
    assert not torch.equal(draw_shapes(100, seed=8).images, again.images)


def test_the_single_label_variant_is_the_images_with_one_shape(drawn):
    alone = draw_shapes(500, seed=7, alone=True)
    chosen = torch.nonzero(drawn.labels.sum(1) == 1).flatten()[:500]
    assert torch.equal(alone.images, drawn.images[chosen])
    assert torch.equal(alone.labels, drawn.labels[chosen].argmax(1))
    assert alone.labels.dtype == torch.int64


def test_no_test_image_is_a_training_image():
    train, test = (dataset("shapes").load(split, limit=500).images.flatten(1) for split in ("train", "test"))
    assert not (train[:, None, :64] == test[None, :, :64]).all(2).any()


def test_ten_thousand_images_take_seconds():
    import time

    start = time.perf_counter()
    assert len(dataset("shapes").load("train")) == 10_000
    assert time.perf_counter() - start < 20
