"""Receptive fields against what really depends on what: gradients, and impulses."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz import zoo
from cnnviz.trace import exact_field, trace
from cnnviz.trace.operations import is_elementwise
from cnnviz.trace.record import ReceptiveField

SQUASHING = (
    nn.ReLU,
    nn.ReLU6,
    nn.Sigmoid,
    nn.Tanh,
    nn.Hardswish,
    nn.Hardsigmoid,
    nn.Dropout,
    nn.LocalResponseNorm,
)


def made_linear(model: nn.Module, *, max_stays: bool = False) -> nn.Module:
    """A float64 copy whose every unit is a positive mean of what it sees; with `max_stays` a maximum
    stays one."""
    model = copy.deepcopy(model).double().eval()
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.weight, module.bias = None, None
        swap: nn.Module | None = None
        if isinstance(module, SQUASHING):
            swap = nn.Identity()
        elif isinstance(module, nn.MaxPool2d) and not max_stays:
            swap = nn.AvgPool2d(module.kernel_size, module.stride, module.padding, module.ceil_mode)
        if swap is not None:
            parent, _, child = name.rpartition(".")
            setattr(model.get_submodule(parent), child, swap)
    return model


def outputs_of(model: nn.Module, names: list[str], image: Tensor) -> dict[str, Tensor]:
    """What the modules `names` give at their first call."""
    found: dict[str, Tensor] = {}
    handles = [
        model.get_submodule(name).register_forward_hook(lambda _m, _i, out, name=name: found.setdefault(name, out))
        for name in names
    ]
    model(image)
    for handle in handles:
        handle.remove()
    return found


def seen_by(unit: Tensor, image: Tensor) -> tuple[list[int], list[int]]:
    """Rows and columns of the image with a gradient from `unit`."""
    (gradient,) = torch.autograd.grad(unit, image, retain_graph=True)
    support = gradient.abs().amax((0, 1)) > 0
    return support.any(1).nonzero().flatten().tolist(), support.any(0).nonzero().flatten().tolist()


def check_units(field: ReceptiveField, exact: ReceptiveField, out: Tensor, image: Tensor, where: str) -> int:
    """Compares the middle and the first unit; gives the number of sides at which the field ends inside
    the image."""
    height, width = image.shape[2:]
    inside = 0
    for y, x in {(out.shape[2] // 2, out.shape[3] // 2), (0, 0)}:
        rows, columns = seen_by(out[0, :, y, x].sum(), image)
        box = field.box(y, x)
        assert box is not None, where
        real = exact.box(y, x)
        assert (real.top, real.bottom, real.left, real.right) == (
            rows[0],
            rows[-1],
            columns[0],
            columns[-1],
        ), (where, y, x)
        assert box.top <= real.top
        assert box.bottom >= real.bottom
        if y and box.top >= 0 and box.bottom < height:
            assert (box.top, box.bottom) == (rows[0], rows[-1]), where
        inside += (box.top >= 0) + (box.bottom < height) + (box.left >= 0) + (box.right < width)
        if exact.dense:
            assert len(rows) == rows[-1] - rows[0] + 1, (where, y, x)
    return inside


# name, options, image (long enough that a middle unit of the last map touches no border at top and bottom)
FAMILIES = [
    ("lenet", {}, (1, 48, 40)),
    ("alexnet", {"hidden": 16}, (1, 480, 96)),
    ("vgg", {"config": "A", "hidden": 16}, (1, 384, 32)),
    ("vgg", {"config": "E", "batch_norm": True, "hidden": 16}, (1, 608, 32)),
    ("nin", {}, (1, 480, 96)),
    ("googlenet", {}, (1, 1600, 32)),
    ("googlenet", {"form": "torchvision"}, (3, 960, 32)),
    ("resnet", {}, (1, 992, 32)),
    ("resnet", {"form": "torchvision", "depth": 50, "order": "pre"}, (3, 1024, 32)),
    ("resnet", {"form": "torchvision", "depth": 50, "output_stride": 8, "stem": "deep"}, (3, 1280, 32)),
    ("densenet", {}, (1, 992, 32)),
    ("mobilenet", {}, (1, 736, 32)),
    ("mobilenet", {"version": "v2"}, (3, 1088, 32)),
]


@pytest.mark.parametrize(("name", "options", "shape"), FAMILIES)
def test_the_gradient_of_a_unit_lives_in_its_receptive_field_and_touches_its_borders(name, options, shape):
    built_for = (shape[0], min(shape[1], 1024), shape[2])  # beyond, the head's global pooling takes any size
    model = zoo.build(name, {**options, "width": 0.125}, built_for, 10)
    facts = trace(model, shape)
    rows = [
        row
        for row in facts.layers
        if len(row.shape) == 3
        and row.receptive_field.extent == "window"
        and (row.family in ("conv", "pool", "norm") or is_elementwise(row.operation))
        and row.name in dict(model.named_modules())
    ]
    rows = rows[:: max(1, len(rows) // 4)] + rows[-1:]
    linear = made_linear(model)
    image = torch.ones(1, *shape, dtype=torch.float64, requires_grad=True)
    outs = outputs_of(linear, [row.name for row in rows], image)
    for row in rows:
        inside = check_units(row.receptive_field, exact_field(facts, row.name), outs[row.name], image, row.name)
    assert inside >= 2, "the image is too small to show where the field of the last map ends"


class Odd(nn.Module):
    """Even, rectangular and dilated kernels, unaligned merges, and everything that spaces units unevenly."""

    def __init__(self) -> None:
        super().__init__()
        self.even = nn.Conv2d(1, 2, 2, stride=2)
        self.wide = nn.Conv2d(2, 2, (1, 5), padding=(0, 2))
        self.tall = nn.Conv2d(2, 2, (4, 1), padding="same")
        self.dilated = nn.Conv2d(2, 2, 3, padding=3, dilation=3)
        self.skipping = nn.Conv2d(2, 2, 1, stride=(3, 2))
        self.up = nn.ConvTranspose2d(2, 2, 3, stride=(3, 2), padding=1)
        self.adaptive = nn.AdaptiveAvgPool2d((7, 9))
        self.bilinear = nn.Upsample(size=(16, 20), mode="bilinear")
        self.reflected = nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect")
        self.circular = nn.Conv2d(2, 2, 3, padding=1, padding_mode="circular")
        self.last = nn.Conv2d(6, 2, 3)
        self.shuffle = nn.PixelShuffle(1)

    def forward(self, x: Tensor) -> Tensor:
        even = self.even(x)
        both = self.tall(self.wide(even)) + self.dilated(even)
        up = self.up(self.skipping(both))
        up = F.pad(up, (0, both.shape[3] - up.shape[3], 0, both.shape[2] - up.shape[2]))
        merged = both + up
        small = self.bilinear(self.adaptive(merged))
        left, right = torch.cat([merged, merged], 1).chunk(2, dim=1)
        ends = self.circular(self.reflected(left.permute(0, 1, 3, 2).transpose(2, 3)))
        joined = torch.cat([ends[:, :, 1:17, 2:22], small, right[..., :16, -20:]], dim=1)
        return self.shuffle(self.last(joined))


def test_odd_windows_and_unaligned_merges_match_the_gradient_at_every_unit():
    model = Odd()
    shape = (1, 44, 60)
    linear = made_linear(model)
    image = torch.ones(1, *shape, dtype=torch.float64, requires_grad=True)
    names = [name for name, module in model.named_modules() if name]
    outs = outputs_of(linear, names, image)
    facts = trace(model, shape)
    assert not any(row.receptive_field.extent == "unknown" for row in facts.layers)
    uneven = 0
    for name in names:
        field, out = facts[name].receptive_field, outs[name]
        uneven += not field.uniform
        for y in range(out.shape[2]):
            x = (3 * y + 1) % out.shape[3]
            rows, columns = seen_by(out[0, :, y, x].sum(), image)
            box, hull = exact_field(facts, name).box(y, x), field.box(y, x)
            assert hull.top <= box.top <= box.bottom <= hull.bottom
            assert (box.top, box.bottom, box.left, box.right) == (
                rows[0],
                rows[-1],
                columns[0],
                columns[-1],
            ), (name, y, x)
        if field.uniform:
            middle = seen_by(out[0, :, out.shape[2] // 2, out.shape[3] // 2].sum(), image)
            assert field.dense == all(len(side) == side[-1] - side[0] + 1 for side in middle), name
    assert uneven >= 4


@pytest.mark.parametrize(
    "layer",
    [
        nn.Upsample(scale_factor=2),
        nn.Upsample(scale_factor=1.5),
        nn.Upsample(size=(5, 9), mode="bilinear"),
        nn.Upsample(scale_factor=3, mode="bilinear", align_corners=True),
        nn.Upsample(scale_factor=2, mode="nearest-exact"),
        nn.Upsample(scale_factor=2, mode="bicubic"),
        nn.AdaptiveAvgPool2d((5, 3)),
        nn.AdaptiveAvgPool2d((4, 12)),
        nn.ZeroPad2d((1, 2, 0, 3)),
        nn.ReplicationPad2d(2),
        nn.ReflectionPad2d((1, 2, 3, 0)),
        nn.CircularPad2d(2),
        nn.ConvTranspose2d(2, 2, 4, stride=2, padding=1),
        nn.ConvTranspose2d(2, 2, 2, stride=2),
        nn.ConvTranspose2d(2, 2, 3, stride=1, dilation=2),
        nn.ConvTranspose2d(2, 2, 3, stride=2, output_padding=1),
        nn.AvgPool2d(3, 2, ceil_mode=True),
        nn.AvgPool2d((2, 3), (1, 2), (1, 1)),
        nn.PixelUnshuffle(2),
        nn.Conv2d(2, 2, (2, 4), padding="same"),
        nn.Conv2d(2, 2, 3, stride=4),
        nn.ZeroPad2d(-1),
    ],
    ids=repr,
)
@pytest.mark.parametrize("uneven", [False, True])
def test_every_spatial_layer_matches_the_gradient_at_every_unit(layer, uneven):
    first = nn.AdaptiveAvgPool2d((8, 12)) if uneven else nn.Identity()
    model = nn.Sequential(nn.Conv2d(2, 2, 3, padding=1), first, layer)
    shape = (2, 11, 18) if uneven else (2, 8, 12)
    facts = trace(model, shape)
    field, exact = facts["2"].receptive_field, exact_field(facts, "2")
    image = torch.ones(1, *shape, dtype=torch.float64, requires_grad=True)
    out = made_linear(model)(image)
    for y in range(out.shape[2]):
        for x in range(out.shape[3]):
            (gradient,) = torch.autograd.grad(out[0, :, y, x].sum(), image, retain_graph=True)
            support = gradient.abs().amax((0, 1)) > 1e-12
            rows, columns = (
                support.any(1).nonzero().flatten().tolist(),
                support.any(0).nonzero().flatten().tolist(),
            )
            box, hull = exact.box(y, x), field.box(y, x)
            if not rows:
                assert box.bottom < box.top or box.right < box.left
                continue
            assert (box.top, box.bottom, box.left, box.right) == (rows[0], rows[-1], columns[0], columns[-1])
            assert hull.top <= box.top <= box.bottom <= hull.bottom
            if hull.top > 0 and hull.bottom < shape[1] - 1 and not isinstance(layer, nn.ZeroPad2d):
                assert (hull.top, hull.bottom) == (box.top, box.bottom)


@pytest.mark.parametrize(
    ("name", "options", "shape"),
    [
        ("lenet", {"pool": "max"}, (1, 40, 40)),
        ("resnet", {}, (1, 544, 64)),
        ("googlenet", {"form": "torchvision"}, (3, 480, 96)),
    ],
)
def test_an_impulse_is_felt_at_the_first_and_last_pixel_of_the_field_and_not_one_outside(name, options, shape):
    model = zoo.build(name, {**options, "width": 0.125}, shape, 10)
    rows = [
        row
        for row in trace(model, shape).layers
        if len(row.shape) == 3 and row.receptive_field.extent == "window" and row.family in ("conv", "pool")
    ]
    row = [row for row in rows if row.receptive_field.size[0] < shape[1] * 0.8][-1]
    linear = made_linear(model, max_stays=True)
    y, x = row.shape[1] // 2, row.shape[2] // 2
    box = row.receptive_field.box(y, x)
    column = min(max((box.left + box.right) // 2, 0), shape[2] - 1)

    def felt(pixel: int) -> bool:
        image = torch.zeros(1, *shape, dtype=torch.float64)
        image[0, :, pixel, column] = 1
        with torch.no_grad():
            return bool(outputs_of(linear, [row.name], image)[row.name][0, :, y, x].abs().sum() > 0)

    assert box.top > 0
    assert box.bottom < shape[1] - 1
    assert [felt(box.top - 1), felt(box.top), felt(box.bottom), felt(box.bottom + 1)] == [
        False,
        True,
        True,
        False,
    ]
