"""Receptive fields that are known: of published networks, of what sees everything, of what cannot be followed."""

import pytest
import torch
import torchvision
from torch import Tensor, nn

from cnnviz import zoo
from cnnviz.trace import trace

KNOWN = [
    ("lenet", {}, 16, 4),
    ("alexnet", {}, 195, 32),
    ("alexnet", {"form": "torchvision"}, 195, 32),
    ("vgg", {"config": "A"}, 150, 32),
    ("vgg", {"config": "B"}, 156, 32),
    ("vgg", {"config": "C"}, 156, 32),
    ("vgg", {"config": "D"}, 212, 32),
    ("vgg", {"config": "E"}, 268, 32),
    ("nin", {}, 195, 32),
    ("googlenet", {}, 715, 32),
    ("googlenet", {"form": "torchvision"}, 379, 32),
    ("resnet", {}, 435, 32),
    ("resnet", {"depth": 34}, 899, 32),
    ("resnet", {"form": "torchvision", "depth": 50}, 427, 32),
    ("resnet", {"form": "torchvision", "depth": 101}, 971, 32),
    ("resnet", {"form": "torchvision", "depth": 152}, 1451, 32),
    ("resnet", {"form": "torchvision", "depth": 50, "bottleneck_stride": "1x1"}, 483, 32),
    ("resnet", {"form": "torchvision", "depth": 101, "bottleneck_stride": "1x1"}, 1027, 32),
    ("resnet", {"form": "torchvision", "depth": 152, "bottleneck_stride": "1x1"}, 1507, 32),
    ("densenet", {"form": "torchvision", "depth": 121}, 2071, 32),
    ("mobilenet", {}, 315, 32),
    ("mobilenet", {"version": "v2"}, 491, 32),
]


@pytest.mark.parametrize(("name", "options", "size", "stride"), KNOWN)
def test_the_last_map_of_a_known_network_sees_what_is_known_of_it(name, options, size, stride):
    entry = zoo.architecture(name)
    shape = entry.input_shape(entry.resolve(options))
    model = zoo.build(name, options, shape, device="meta")
    field = [
        row.receptive_field
        for row in trace(model, shape).layers
        if row.receptive_field.extent == "window" and len(row.shape) == 3
    ][-1]
    assert (field.size, field.stride) == ((size, size), (stride, stride))


def test_torchvisions_own_networks_see_what_ours_see():
    with torch.device("meta"):
        models = torchvision.models
        found = {
            build.__name__: trace(build(), (3, 224, 224))
            for build in (models.resnet50, models.densenet121, models.mobilenet_v2, models.mobilenet_v3_large)
        }
    last = {
        name: [row.receptive_field.size[0] for row in facts.layers if row.receptive_field.extent == "window"][-1]
        for name, facts in found.items()
    }
    assert last["resnet50"] == 427
    assert last["densenet121"] == 2071
    assert last["mobilenet_v2"] == 491
    v3 = found["mobilenet_v3_large"].layers
    gate = next(i for i, row in enumerate(v3) if row.kind == "mul")
    assert all(row.receptive_field.extent == "global" for row in v3[gate:])
    assert all(row.receptive_field.extent == "window" for row in v3[:gate] if row.shape[1:] != (1, 1))


def test_channels_last_code_and_channel_shuffles_keep_their_field():
    with torch.device("meta"):
        convnext = trace(torchvision.models.convnext_tiny(), (3, 224, 224))
        shuffled = trace(torchvision.models.shufflenet_v2_x1_0(), (3, 224, 224))
    assert convnext["features.1.0.block.5"].receptive_field.size == (4 + 6 * 4, 4 + 6 * 4)
    assert {row.receptive_field.extent for row in convnext.layers[:-6]} == {"window"}
    assert shuffled["conv5.0"].receptive_field.extent == "window"


class Strange(nn.Module):
    def __init__(self, how) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 3)
        self.how = how

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.how(self.conv(x)))


@pytest.mark.parametrize(
    ("how", "named"),
    [
        (lambda x: x.sort(dim=2)[0], None),
        (lambda x: torch.fft.fft2(x).real, "fft_fft2"),
        (lambda x: torch.cumsum(x, 2), "cumsum"),
        (lambda x: x @ x, "matmul"),
        (lambda x: x[x.new_zeros(1).long()], "getitem"),
        (lambda x: x.view(1, 1, 2, 2, 4), "view"),
        (lambda x: torch.einsum("nchw->nc", x), "einsum"),
        (lambda x: torch.roll(x, 1), "roll"),
    ],
)
def test_an_operation_that_cannot_be_followed_makes_the_field_unknown_and_is_named(how, named):
    facts = trace(Strange(how), (1, 6, 6))
    field = facts.layers[-1].receptive_field
    if named is None:
        assert field.extent == "window"
        assert field.size == (6, 3)
    else:
        assert (field.extent, field.reason) == ("unknown", named)


def test_what_depends_on_the_whole_map_is_global():
    for layer in (
        nn.AdaptiveAvgPool2d(1),
        nn.GroupNorm(1, 4),
        nn.InstanceNorm2d(4),
        nn.Flatten(),
        nn.AdaptiveMaxPool2d(1),
        nn.Sequential(nn.Flatten(), nn.Linear(144, 3)),
    ):
        model = nn.Sequential(nn.Conv2d(1, 4, 3), layer, nn.Identity())
        assert trace(model, (1, 8, 8)).layers[-1].receptive_field.extent == "global", layer


def test_mapping_over_one_axis_alone_keeps_the_other():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.AdaptiveAvgPool2d((None, 1)))
    field = trace(model, (1, 8, 9)).layers[-1].receptive_field
    box = field.box(2, 0)
    assert (box.top, box.bottom, box.left, box.right) == (2, 4, 0, 8)
