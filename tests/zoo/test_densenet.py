"""DenseNet against the course's numbers and torchvision's models."""

import pytest
import torch
import torchvision

from cnnviz.errors import UserError
from cnnviz.zoo import build
from cnnviz.zoo.torchvision_weights import load_torchvision
from tests.zoo.watching import (
    calls,
    last_of,
    meta_calls,
    randomised,
    refuse_in_place_and_repeats,
    shape_of,
    spoken,
    totals,
)

PUBLISHED = {121: 7_978_856, 169: 14_149_480, 201: 20_013_928}


def test_the_course_s_form_has_the_course_s_cost():
    assert totals(meta_calls("densenet")) == (758_226, 129_077_168)


@pytest.mark.parametrize(("given", "params"), [({"compression": 1}, 1_764_170), ({"bottleneck": True}, 980_434)])
def test_the_paper_s_variants_on_the_course_s_net(given, params):
    assert totals(meta_calls("densenet", **given))[0] == params


@pytest.mark.parametrize(
    ("transition", "enters", "leaves"),
    [(1, (192, 24, 24), (96, 12, 12)), (2, (224, 12, 12), (112, 6, 6)), (3, (240, 6, 6), (120, 3, 3))],
)
def test_dense_blocks_widen_and_transitions_halve(transition, enters, leaves):
    heard = meta_calls("densenet")
    assert shape_of(heard, f"transition{transition}.bn") == enters
    assert last_of(heard, f"transition{transition}") == leaves


def test_the_stem_and_the_head_have_the_course_s_shapes():
    heard = meta_calls("densenet")
    assert last_of(heard, "stem") == (64, 24, 24)
    assert shape_of(heard, "head.bn") == (248, 3, 3)
    assert shape_of(heard, "flatten") == (248,)


def test_a_bottleneck_pays_above_7_2_times_the_growth():
    # 9·c·g weights for a 3×3 from c channels; 4·c·g + 36·g² with a bottleneck: equal at c = 7.2·g.
    growth = 10
    for channels, cheaper in [(71, False), (72, None), (73, True)]:
        plain, bottleneck = 9 * channels * growth, 4 * growth * channels + 9 * 4 * growth * growth
        assert (bottleneck < plain) is bool(cheaper)
        assert (bottleneck == plain) is (cheaper is None)
    layer = build("densenet", {"bottleneck": True, "growth": growth}, device="meta").dense_block1.layer1
    assert layer.conv1.weight.numel() + layer.conv2.weight.numel() == 4 * growth * 64 + 36 * growth**2


def test_a_dense_layer_keeps_its_input_and_appends_what_it_found():
    layer = build("densenet").dense_block1.layer1.eval()
    x = torch.randn(2, 64, 6, 6)
    with torch.no_grad():
        out = layer(x)
        assert torch.equal(out[:, :64], x)
        torch.testing.assert_close(out[:, 64:], layer.conv(torch.relu(layer.bn(x))))


@pytest.mark.parametrize("depth", PUBLISHED)
def test_torchvision_s_forms_are_torchvision_s_layer_by_layer(depth):
    with torch.device("meta"):
        theirs = calls(getattr(torchvision.models, f"densenet{depth}")(), (3, 224, 224))
    ours = meta_calls("densenet", form="torchvision", depth=depth)
    functional = {"Flatten", "AdaptiveAvgPool2d"}  # torchvision calls these, and the last ReLU, as functions
    mine = [(c.kind, c.shape, c.params) for c in ours if c.kind not in functional and c.name != "head.relu"]
    assert mine == [(c.kind, c.shape, c.params) for c in theirs]
    assert totals(ours)[0] == PUBLISHED[depth]


def test_with_torchvision_s_weights_it_gives_torchvision_s_scores():
    theirs, ours = randomised(torchvision.models.densenet121()), build("densenet", {"form": "torchvision"})
    load_torchvision(ours, theirs.state_dict())
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(image), theirs(image), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("given", [{"growth": 12, "blocks": "6,12"}, {"blocks": "3", "compression": 0.3}], ids=spoken)
def test_every_choice_builds_without_in_place_or_repeated_layers(given):
    heard = meta_calls("densenet", **given)
    assert heard[-1].shape == ((1000,) if given.get("form") == "torchvision" else (10,))
    refuse_in_place_and_repeats(heard)


def test_width_scales_the_stem_and_the_growth_and_with_them_everything():
    full, eighth = (
        [c.shape[0] for c in meta_calls("densenet", width=width) if c.kind == "Conv2d"] for width in (1, 0.125)
    )
    assert eighth == [n // 8 for n in full]


@pytest.mark.parametrize(
    ("option", "value"), [("growth", 16), ("blocks", "6,12,24,16"), ("bottleneck", True), ("compression", 1)]
)
def test_the_course_s_knobs_are_none_of_torchvision_s_form(option, value):
    with pytest.raises(UserError, match=rf"{option}=.*form=torchvision"):
        build("densenet", {"form": "torchvision", option: value})


def test_the_paper_s_depths_are_none_of_the_course_s_form():
    with pytest.raises(UserError, match=r"depth=169.*form=d2l"):
        build("densenet", {"depth": 169})


def test_the_smallest_image_is_named_and_works():
    with pytest.raises(UserError) as refused:
        build("densenet", None, (1, 8, 8))
    smallest = refused.value.values["smallest"]
    assert refused.value.values["layer"].startswith("transition")
    build("densenet", None, (1, smallest, smallest), device="meta")
    # three halvings of the transitions after the stem's two: the last needs two pixels, ⌈⌈n/2⌉/2⌉ = 8
    assert smallest == 29
