"""MobileNet v1 against the course's and the paper's numbers, v2 and v3 against torchvision's models."""

import pytest
import torch
import torchvision
from torch import nn

from cnnviz.errors import UserError
from cnnviz.zoo import build
from cnnviz.zoo.inverted_residual import round_channels
from cnnviz.zoo.squeeze_excitation import SqueezeExcitation
from cnnviz.zoo.torchvision_weights import load_torchvision
from tests.zoo.watching import calls, last_of, meta_calls, randomised, refuse_in_place_and_repeats, spoken, totals

MODELS = {"v2": "mobilenet_v2", "v3-small": "mobilenet_v3_small", "v3-large": "mobilenet_v3_large"}
PUBLISHED = {"v2": 3_504_872, "v3-small": 2_542_856, "v3-large": 5_483_032}
WIDTHS = (1, 0.75, 0.5, 0.25, 0.125)


@pytest.mark.parametrize(("width", "params"), [(1, 3_216_650), (0.75, 1_823_818), (0.5, 823_434), (0.25, 215_498)])
def test_v1_has_the_course_s_parameters_at_every_width(width, params):
    assert totals(meta_calls("mobilenet", width=width))[0] == params


def test_v1_has_the_course_s_cost():
    assert totals(meta_calls("mobilenet")) == (3_216_650, 102_957_568)


def test_v1_at_the_paper_s_size_has_the_paper_s_569_million_multiply_adds():
    params, macs = totals(meta_calls("mobilenet", (3, 224, 224), 1000))
    assert round(macs / 1e6) == 569
    assert round(params / 1e6, 1) == 4.2


def test_v1_has_27_convolutions_and_one_dense_layer():
    kinds = [c.kind for c in meta_calls("mobilenet")]
    assert (kinds.count("Conv2d"), kinds.count("Linear")) == (27, 1)


@pytest.mark.parametrize(
    ("block", "shape"),
    [
        ("stem", (32, 48, 48)),
        ("block1", (64, 48, 48)),
        ("block3", (128, 24, 24)),
        ("block5", (256, 12, 12)),
        ("block11", (512, 6, 6)),
        ("block13", (1024, 3, 3)),
        ("head", (1024, 1, 1)),
    ],
)
def test_v1_halves_and_doubles_as_the_paper_s_table(block, shape):
    assert last_of(meta_calls("mobilenet"), block) == shape


def test_a_separable_pair_costs_one_nth_and_one_ninth_of_a_convolution():
    heard = {c.name: c.macs for c in meta_calls("mobilenet")}
    pair = heard["block2.depthwise"] + heard["block2.pointwise"]
    full = 9 * 64 * 128 * 24 * 24
    assert pair / full == pytest.approx(1 / 128 + 1 / 9)


def test_half_the_resolution_is_a_quarter_of_the_cost_and_half_the_width_a_little_more():
    small, large = (
        sum(c.macs for c in meta_calls("mobilenet", (1, side, side)) if c.kind == "Conv2d") for side in (96, 192)
    )
    assert small / large == 0.25
    depthwise, pointwise = (
        [sum(c.macs for c in meta_calls("mobilenet", width=w) if c.name.endswith(name)) for w in (1, 0.5)]
        for name in ("depthwise", "pointwise")
    )
    assert depthwise[1] / depthwise[0] == 0.5
    assert pointwise[1] / pointwise[0] == 0.25
    whole = [totals(meta_calls("mobilenet", width=w))[1] for w in (1, 0.5)]
    assert whole[1] / whole[0] == pytest.approx(0.259, abs=5e-4)


def test_v1_takes_relu6_and_nothing_else_changes():
    relu, relu6 = meta_calls("mobilenet"), meta_calls("mobilenet", activation="relu6")
    assert [c.kind.replace("ReLU6", "ReLU") for c in relu6] == [c.kind for c in relu]
    assert {c.kind for c in relu6} >= {"ReLU6"}
    assert "ReLU" not in {c.kind for c in relu6}


@pytest.mark.parametrize(
    ("version", "width"),
    [
        *(("v2", width) for width in WIDTHS),
        *((version, width) for version in ("v3-small", "v3-large") for width in WIDTHS[::3]),
    ],
)
def test_v2_and_v3_are_torchvision_s_layer_by_layer_at_every_width(version, width):
    with torch.device("meta"):
        theirs = calls(getattr(torchvision.models, MODELS[version])(width_mult=width), (3, 224, 224))
    ours = meta_calls("mobilenet", version=version, width=width)
    functional = {"Flatten", "AdaptiveAvgPool2d"}  # torchvision's v2 calls both as functions
    assert [(c.kind, c.shape, c.params) for c in ours if c.kind not in functional] == [
        (c.kind, c.shape, c.params) for c in theirs if c.kind not in functional
    ]
    if width == 1:
        assert totals(ours)[0] == PUBLISHED[version]


@pytest.mark.parametrize("version", MODELS)
def test_with_torchvision_s_weights_it_gives_torchvision_s_scores(version):
    theirs = randomised(getattr(torchvision.models, MODELS[version])())
    ours = build("mobilenet", {"version": version})
    load_torchvision(ours, theirs.state_dict())
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(image), theirs(image), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("channels", [1.5, 8, 11.9, 12, 18, 30, 36, 131.5, 1280])
def test_channels_round_as_torchvision_rounds(channels):
    from torchvision.models._utils import _make_divisible

    assert round_channels(channels) == _make_divisible(channels, 8)


def test_an_inverted_residual_adds_its_input_only_where_the_shape_is_kept():
    network = build("mobilenet", {"version": "v2"})
    for block, adds in [("block2", False), ("block3", True), ("block4", False), ("block17", False)]:
        layers = getattr(network, block)
        x = torch.randn(1, layers[0].in_channels, 6, 6)
        with torch.no_grad():
            alone = nn.Sequential(*layers)(x)
            expected = alone + x if adds else alone
            assert torch.equal(layers(x), expected)


def test_a_linear_bottleneck_ends_without_activation():
    assert [name for name, _ in build("mobilenet", {"version": "v2"}).block5.named_children()][-2:] == [
        "project",
        "project_bn",
    ]


def test_squeeze_and_excitation_scales_each_channel_by_one_number():
    torch.manual_seed(0)
    gate = SqueezeExcitation(6, 3)
    x = torch.rand(2, 6, 4, 4) + 1
    with torch.no_grad():
        factors = gate(x) / x
    assert torch.allclose(factors, factors[..., :1, :1].expand_as(factors))
    assert ((factors >= 0) & (factors <= 1)).all()


@pytest.mark.parametrize("given", [{"activation": "relu6", "width": 0.125}], ids=spoken)
def test_every_choice_builds_without_in_place_or_repeated_layers(given):
    heard = meta_calls("mobilenet", **given)
    assert heard[-1].shape == ((10,) if given.get("version", "v1") == "v1" else (1000,))
    refuse_in_place_and_repeats(heard)


@pytest.mark.parametrize("version", MODELS)
def test_the_activation_of_v2_and_v3_is_no_knob(version):
    with pytest.raises(UserError, match=rf"activation=relu6.*version={version}"):
        build("mobilenet", {"version": version, "activation": "relu6"})


def test_one_pixel_is_enough():
    assert build("mobilenet", None, (1, 1, 1))(torch.zeros(1, 1, 1, 1)).shape == (1, 10)
