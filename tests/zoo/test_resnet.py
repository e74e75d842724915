"""ResNet against the course's numbers, the papers and torchvision's models."""

import pytest
import torch
import torchvision
from torch import nn

from cnnviz.errors import UserError
from cnnviz.trace import trace
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

# Multiply-adds as torchvision publishes them (GFLOPS of its weights' cards), to two decimals.
PUBLISHED = {
    18: (11_689_512, 1.81),
    34: (21_797_672, 3.66),
    50: (25_557_032, 4.09),
    101: (44_549_160, 7.80),
    152: (60_192_808, 11.51),
}


def test_the_course_s_form_has_the_course_s_cost():
    assert totals(meta_calls("resnet")) == (11_178_378, 318_657_536)


@pytest.mark.parametrize(
    ("block", "shape"),
    [
        ("stem", (64, 24, 24)),
        ("stage1", (64, 24, 24)),
        ("stage2", (128, 12, 12)),
        ("stage3", (256, 6, 6)),
        ("stage4", (512, 3, 3)),
        ("head", (512, 1, 1)),
    ],
)
def test_the_shapes_at_96_pixels_are_the_course_s(block, shape):
    heard = meta_calls("resnet")
    assert last_of(heard, block) == shape
    assert shape_of(heard, "flatten") == (512,)


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_the_depth_counts_the_layers_with_weights_off_the_shortcuts(depth):
    heard = meta_calls("resnet", form="torchvision", depth=depth)
    assert len([c for c in heard if c.kind in ("Conv2d", "Linear") and "shortcut" not in c.name]) == depth


@pytest.mark.parametrize("depth", PUBLISHED)
def test_torchvision_s_forms_have_the_published_cost(depth):
    params, macs = totals(meta_calls("resnet", form="torchvision", depth=depth))
    assert (params, round(macs / 1e9, 2)) == PUBLISHED[depth]


@pytest.mark.parametrize(
    ("depth", "settings", "given"),
    [
        *[(depth, {}, {}) for depth in PUBLISHED],
        (50, {"replace_stride_with_dilation": [False, False, True]}, {"output_stride": 16}),
        (50, {"replace_stride_with_dilation": [False, True, True]}, {"output_stride": 8}),
    ],
)
def test_torchvision_s_forms_are_torchvision_s_layer_by_layer(depth, settings, given):
    with torch.device("meta"):
        theirs = calls(getattr(torchvision.models, f"resnet{depth}")(**settings), (3, 224, 224))
    ours = meta_calls("resnet", form="torchvision", depth=depth, **given)
    windows = [
        [(c.layer.stride, c.layer.padding, c.layer.dilation) for c in heard if c.kind == "Conv2d"]
        for heard in (ours, theirs)
    ]
    assert [(c.kind, c.shape, c.params) for c in ours if c.kind != "Flatten"] == [
        (c.kind, c.shape, c.params) for c in theirs
    ]
    assert windows[0] == windows[1]


@pytest.mark.parametrize(
    ("depth", "settings", "given"),
    [(18, {}, {}), (50, {}, {}), (50, {"replace_stride_with_dilation": [False, True, True]}, {"output_stride": 8})],
)
def test_with_torchvision_s_weights_it_gives_torchvision_s_scores(depth, settings, given):
    theirs = randomised(getattr(torchvision.models, f"resnet{depth}")(**settings))
    ours = build("resnet", {"form": "torchvision", "depth": depth, **given})
    load_torchvision(ours, theirs.state_dict())
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(image), theirs(image), rtol=1e-4, atol=1e-4)


def test_a_deep_stem_costs_resnet_50_its_published_parameters():
    assert totals(meta_calls("resnet", form="torchvision", depth=50, stem="deep"))[0] == 25_680_808


@pytest.mark.parametrize(
    "given",
    [
        {"depth": 18},
        {"depth": 50},
        {"depth": 50, "bottleneck_stride": "1x1"},
        {"depth": 50, "order": "pre"},
        {"depth": 18, "order": "pre"},
    ],
    ids=spoken,
)
@pytest.mark.parametrize("output_stride", [16, 8])
def test_dilation_computes_between_the_pixels_what_the_stride_computes_on_them(given, output_stride):
    options = {"form": "torchvision", "width": 0.125, **given}
    strided = randomised(build("resnet", options)).double()
    dilated = build("resnet", {**options, "output_stride": output_stride}).double()
    dilated.load_state_dict(strided.state_dict())
    image = torch.randn(1, 3, 96, 96, dtype=torch.double)
    with torch.no_grad():
        coarse, fine = strided[:5](image), dilated[:5](image)
    assert fine.shape[-1] == 96 // output_stride
    every = 32 // output_stride
    torch.testing.assert_close(fine[..., ::every, ::every], coarse)


def test_output_stride_8_dilates_the_last_two_stages_by_2_and_4():
    heard = meta_calls("resnet", form="torchvision", depth=50, stem="deep", output_stride=8)
    used = {
        stage: {
            c.layer.dilation[0]
            for c in heard
            if c.kind == "Conv2d" and c.name.startswith(stage) and c.layer.kernel_size == (3, 3)
        }
        for stage in ("stage2", "stage3.block2", "stage4.block2")
    }
    assert used == {"stage2": {1}, "stage3.block2": {2}, "stage4.block2": {4}}
    assert last_of(heard, "stage4") == (2048, 28, 28)


def test_the_paper_s_bottleneck_stride_costs_less_with_the_same_parameters():
    on_3x3 = totals(meta_calls("resnet", form="torchvision", depth=50))
    on_1x1 = totals(meta_calls("resnet", form="torchvision", depth=50, bottleneck_stride="1x1"))
    assert on_1x1[0] == on_3x3[0]
    assert on_1x1[1] // 10**8 == 38  # "3.8 × 10⁹" in the paper's Table 1
    assert on_1x1[1] < on_3x3[1]


def test_pre_activation_has_the_parameters_of_keras_resnet50v2_without_its_biases():
    # Keras publishes 25,613,800 in all: 45,440 moving statistics, and biases in the stem (64), in the four
    # shortcuts (256 + 512 + 1024 + 2048) and in each block's last convolution (3, 4, 6, 3 of those widths).
    widths = (256, 512, 1024, 2048)
    biases = 64 + sum(widths) + sum(n * width for n, width in zip((3, 4, 6, 3), widths, strict=True))
    params, _ = totals(meta_calls("resnet", form="torchvision", depth=50, order="pre"))
    assert params == 25_613_800 - 45_440 - biases


def test_pre_activation_leaves_nothing_but_the_addition_on_an_identity_shortcut():
    block = build("resnet", {"order": "pre"}).stage2.block2
    nn.init.zeros_(block.conv2.weight)
    nn.init.zeros_(block.conv2.bias)
    x = torch.randn(1, 128, 5, 5)
    assert torch.equal(block(x), x)


def test_without_shortcuts_the_course_s_form_lacks_the_cost_of_its_three_1x1_convolutions():
    pairs = ((64, 128, 12), (128, 256, 6), (256, 512, 3))  # channels in and out, pixels on a side of the output
    params, macs = totals(meta_calls("resnet", shortcut=False))
    assert 11_178_378 - params == sum(a * b + b for a, b, _ in pairs) == 172_928
    assert 318_657_536 - macs == sum(a * b * side**2 for a, b, side in pairs) == 3_538_944


@pytest.mark.parametrize("depth", [34, 50])
def test_without_shortcuts_torchvision_s_form_lacks_its_downsampling_and_nothing_else(depth):
    with torch.device("meta"):
        theirs = getattr(torchvision.models, f"resnet{depth}")()
    left_out = sum(p.numel() for name, p in theirs.named_parameters() if "downsample" in name)
    assert totals(meta_calls("resnet", form="torchvision", depth=depth, shortcut=False))[0] == (
        PUBLISHED[depth][0] - left_out
    )


def test_without_shortcuts_every_layer_that_remains_keeps_its_shape_and_nothing_is_added():
    def rows(shortcut):
        model = build("resnet", {"shortcut": shortcut}, device="meta")
        return {row.name: (row.kind, row.shape) for row in trace(model, (1, 96, 96)).layers}

    residual, plain = rows(True), rows(False)
    gone = {name for name in residual if ".shortcut." in name or name.endswith(".add")}
    assert len(gone) == 3 + 8
    assert plain == {name: row for name, row in residual.items() if name not in gone}


@pytest.mark.parametrize("given", [{}, {"form": "torchvision", "depth": 50}], ids=spoken)
def test_a_residual_block_gives_what_a_plain_one_with_its_weights_gives_before_the_relu_plus_its_input(given):
    options = {**given, "width": 0.125}
    residual, plain = (
        randomised(build("resnet", {**options, "shortcut": shortcut})).stage2.block2 for shortcut in (True, False)
    )
    plain.load_state_dict(residual.state_dict())
    heard = []
    plain.relu.register_forward_hook(lambda _layer, inputs, _output: heard.append(inputs[0]))
    x = torch.randn(2, residual.conv1.in_channels, 5, 5)
    with torch.no_grad():
        given_on = plain(x)
        torch.testing.assert_close(residual(x), (heard[0] + x).relu())
    assert torch.equal(given_on, heard[0].relu())


def test_without_shortcuts_both_orders_are_one_chain_of_layers_so_only_one_is_offered():
    chains = [
        [c.kind for c in meta_calls("resnet", order=order) if "shortcut" not in c.name] for order in ("post", "pre")
    ]
    assert chains[0] == chains[1] == [c.kind for c in meta_calls("resnet", shortcut=False)]
    with pytest.raises(UserError, match=r"shortcut=false.*order=pre"):
        build("resnet", {"shortcut": False, "order": "pre"})


@pytest.mark.parametrize(
    "given",
    [
        {"shortcut": False, "depth": 34, "stem": "deep", "output_stride": 8, "width": 0.25},
        {"stem": "deep", "order": "pre", "output_stride": 16, "width": 0.5},
        {"form": "torchvision", "depth": 101, "order": "pre", "bottleneck_stride": "1x1", "output_stride": 8},
    ],
    ids=spoken,
)
def test_every_choice_builds_without_in_place_or_repeated_layers(given):
    heard = meta_calls("resnet", **given)
    assert heard[-1].shape == ((1000,) if given.get("form") == "torchvision" else (10,))
    refuse_in_place_and_repeats(heard)


@pytest.mark.parametrize("depth", [18, 50])
def test_width_scales_every_convolution_and_rounds_down(depth):
    full, eighth = (
        [c.shape[0] for c in meta_calls("resnet", form="torchvision", depth=depth, width=width) if c.kind == "Conv2d"]
        for width in (1, 0.125)
    )
    assert eighth == [n // 8 for n in full]


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_the_course_s_form_has_no_bottlenecks(depth):
    with pytest.raises(UserError, match=rf"depth={depth}.*form=d2l"):
        build("resnet", {"depth": depth})


def test_a_basic_block_has_no_bottleneck_to_stride():
    with pytest.raises(UserError, match=r"bottleneck_stride=1x1.*depth=34"):
        build("resnet", {"depth": 34, "bottleneck_stride": "1x1"})


def test_one_pixel_is_enough():
    assert build("resnet", None, (1, 1, 1))(torch.zeros(1, 1, 1, 1)).shape == (1, 10)
