"""GoogLeNet against the course's numbers and torchvision's model."""

import pytest
import torch
import torchvision
from torch import nn

from cnnviz.errors import UserError
from cnnviz.zoo import build
from cnnviz.zoo.googlenet import Inception
from cnnviz.zoo.torchvision_weights import load_torchvision
from tests.zoo.watching import (
    calls,
    meta_calls,
    randomised,
    refuse_in_place_and_repeats,
    shape_of,
    single_choices,
    spoken,
    totals,
)


def theirs() -> nn.Module:
    return torchvision.models.googlenet(aux_logits=False, transform_input=False, init_weights=False)


def test_the_course_s_form_has_the_course_s_cost():
    assert totals(meta_calls("googlenet")) == (5_977_530, 276_066_304)


def test_batch_norm_adds_its_scales_and_shifts_alone():
    params, macs = totals(meta_calls("googlenet", batch_norm=True))
    assert (params, macs) == (5_992_090, 276_066_304)


def test_torchvision_s_form_has_torchvision_s_parameters():
    assert totals(meta_calls("googlenet", form="torchvision"))[0] == 6_624_904


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        ("stem.pool1", (64, 24, 24)),
        ("stem.pool2", (192, 12, 12)),
        ("pool3", (480, 6, 6)),
        ("pool4", (832, 3, 3)),
        ("flatten", (1024,)),
        ("fc", (10,)),
    ],
)
def test_the_shapes_at_96_pixels_are_the_course_s(layer, shape):
    assert shape_of(meta_calls("googlenet"), layer) == shape


@pytest.mark.parametrize(
    ("name", "channels"),
    [
        ("3a", 256),
        ("3b", 480),
        ("4a", 512),
        ("4b", 512),
        ("4c", 512),
        ("4d", 528),
        ("4e", 832),
        ("5a", 832),
        ("5b", 1024),
    ],
)
def test_each_block_joins_to_the_paper_s_channels(name, channels):
    block = getattr(build("googlenet"), f"inception{name}")
    assert isinstance(block, Inception)
    assert block(torch.zeros(1, block.branch1.conv.in_channels, 3, 3)).shape == (1, channels, 3, 3)


def test_the_small_form_keeps_the_blocks_and_shows_them_14_7_and_4_pixels():
    small, course = meta_calls("googlenet", form="small"), meta_calls("googlenet")
    sides = [shape_of(small, f"inception{name}.branch1.conv")[1:] for name in ("3a", "4a", "5a")]
    assert sides == [(14, 14), (7, 7), (4, 4)]
    blocks = [[(c.name, c.params) for c in heard if c.name.startswith("inception")] for heard in (small, course)]
    assert blocks[0] == blocks[1]


@pytest.mark.parametrize(("form", "smallest"), [("d2l", 1), ("small", 1), ("torchvision", 15)])
def test_the_smallest_image_is_named_and_works(form, smallest):
    build("googlenet", {"form": form}, (1, smallest, smallest), device="meta")
    if smallest > 1:
        with pytest.raises(UserError) as refused:
            build("googlenet", {"form": form}, (1, smallest - 1, smallest - 1), device="meta")
        assert refused.value.values["smallest"] == smallest
        assert "pool" in refused.value.values["layer"]


def test_torchvision_s_form_is_torchvision_s_layer_by_layer():
    with torch.device("meta"):
        their_calls = calls(theirs(), (3, 224, 224))
    ours = meta_calls("googlenet", form="torchvision")
    functional = {"ReLU", "Flatten"}  # torchvision calls these as functions
    assert [(c.kind, c.shape, c.params) for c in ours if c.kind not in functional] == [
        (c.kind, c.shape, c.params) for c in their_calls if c.kind not in functional
    ]


@pytest.mark.parametrize("side", [64, 75])
def test_with_torchvision_s_weights_it_gives_torchvision_s_scores(side):
    other, ours = randomised(theirs()), build("googlenet", {"form": "torchvision"})
    load_torchvision(ours, other.state_dict())
    image = torch.randn(2, 3, side, side)
    with torch.no_grad():
        torch.testing.assert_close(ours(image), other(image), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("given", single_choices("googlenet"), ids=spoken)
def test_every_choice_builds_without_in_place_or_repeated_layers(given):
    heard = meta_calls("googlenet", **given)
    assert heard[-1].shape == ((1000,) if given.get("form") == "torchvision" else (10,))
    refuse_in_place_and_repeats(heard)


def test_width_scales_every_convolution_and_rounds_down():
    full = [c.shape[0] for c in meta_calls("googlenet") if c.kind == "Conv2d"]
    eighth = [c.shape[0] for c in meta_calls("googlenet", width=0.125) if c.kind == "Conv2d"]
    assert eighth == [max(1, n // 8) for n in full]


def test_batch_norm_is_no_knob_of_torchvision_s_form():
    with pytest.raises(UserError, match=r"batch_norm=true.*form=torchvision"):
        build("googlenet", {"form": "torchvision", "batch_norm": True})


def test_branches_share_the_channels_as_the_paper_found():
    block = build("googlenet", device="meta").inception3a
    shares = [block.branch1.conv, block.branch2.conv2, block.branch3.conv2, block.branch4.conv]
    assert [conv.out_channels // 32 for conv in shares] == [2, 4, 1, 1]
