import copy
import time
from collections import OrderedDict

import pytest
import torch
from torch import nn

from cnnviz.errors import UserError
from cnnviz.trace import trace
from cnnviz.trace.explain import top_crops
from cnnviz.trace.explain.effective_field import effective_field
from cnnviz.trace.explain.reached_units import reached_units
from cnnviz.trace.explain.replay import Replay
from cnnviz.zoo import build


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Conv2d(2, 2, 3, padding=1, groups=2)
        self.right = nn.Conv2d(2, 2, 3, padding=3, dilation=3)
        self.mix = nn.Conv2d(4, 4, 1, groups=4)
        self.flatten = nn.Flatten()

    def forward(self, x):
        both = torch.cat([self.left(x), self.right(x)], 1)
        return self.flatten(self.mix(both) + both)


def chain(*layers):
    return nn.Sequential(OrderedDict((f"layer{number}", layer) for number, layer in enumerate(layers)))


OWN = {
    "dilated": (chain(nn.Conv2d(1, 2, 3, dilation=2), nn.Conv2d(2, 2, 3, padding=2, dilation=2)), (1, 13, 12)),
    "gaps": (chain(nn.Conv2d(1, 2, 2, stride=3), nn.Conv2d(2, 2, 2, padding=1)), (1, 14, 13)),
    "padding alone": (chain(nn.Conv2d(1, 2, 5), nn.Conv2d(2, 2, 1, padding=1)), (1, 9, 9)),
    "circular": (chain(nn.Conv2d(1, 2, 3, padding=1, padding_mode="circular"), nn.AvgPool2d(2)), (1, 8, 8)),
    "mirrored": (chain(nn.Conv2d(2, 2, 5, stride=2, padding=2, padding_mode="reflect")), (2, 8, 9)),
    "rounded up": (chain(nn.AvgPool2d(3, 2, 1, ceil_mode=True), nn.AvgPool2d(2, ceil_mode=True)), (1, 10, 9)),
    "same": (chain(nn.Conv2d(1, 1, (4, 3), padding="same"), nn.AdaptiveAvgPool2d((3, 4))), (1, 9, 10)),
    "branches": (Branches(), (2, 10, 9)),
}
ZOO = {
    "lenet": ("lenet", {}, (1, 28, 28)),
    "alexnet": ("alexnet", {"form": "paper", "width": 0.125, "hidden": 8}, (3, 99, 99)),
    "googlenet": ("googlenet", {"width": 0.125}, (1, 48, 48)),
    "resnet": ("resnet", {"width": 0.125}, (1, 48, 48)),
    "dilated resnet": ("resnet", {"form": "torchvision", "depth": 50, "output_stride": 8, "width": 0.125}, (3, 33, 33)),
    "densenet": ("densenet", {"width": 0.25}, (1, 48, 48)),
    "mobilenet": ("mobilenet", {"version": "v3-small", "width": 0.25}, (3, 48, 48)),
}
NAMES = [*OWN, *ZOO]


def network(name):
    if name in OWN:
        model, shape = OWN[name]
        return copy.deepcopy(model).eval(), shape
    architecture, options, shape = ZOO[name]
    return build(architecture, options, shape), shape


def positive(model):
    """A copy in float64 in which nothing cancels, saturates or is chosen: every connection counts."""
    model = copy.deepcopy(model).double()
    generator = torch.Generator().manual_seed(0)
    for path, module in list(model.named_modules()):
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.weight.data.uniform_(0.5, 1.5, generator=generator).div_(module.weight[0].numel())
            if module.bias is not None:
                module.bias.data.zero_()
        kind = type(module).__name__
        if kind in ("ReLU", "ReLU6", "Sigmoid", "Tanh", "Hardswish", "Hardsigmoid", "Dropout", "MaxPool2d"):
            parent, _, own = path.rpartition(".")
            plain = nn.Identity()
            if kind == "MaxPool2d":
                plain = nn.AvgPool2d(module.kernel_size, module.stride, module.padding, module.ceil_mode)
            setattr(model.get_submodule(parent), own, plain)
    return model


def jacobian_support(model, facts, name, pixel):
    """Which units of a row change with a pixel, by forward-mode differentiation."""
    torch.manual_seed(1)
    image = torch.rand(1, *facts.input_shape, dtype=torch.float64) + 0.5
    tangent = torch.zeros_like(image)
    tangent[0, :, pixel[0], pixel[1]] = 1 + torch.rand(image.shape[1], dtype=torch.float64)
    replay = Replay(model, facts)
    _, change = torch.func.jvp(lambda x: replay.output(name, x), (image,), (tangent,))
    return change[0] != 0


@pytest.mark.parametrize("name", NAMES)
def test_the_units_that_a_pixel_reaches_are_those_of_the_nonzero_jacobian(name):
    model, shape = network(name)
    model = positive(model)
    facts = trace(model, shape)
    rows = [facts.layers[int(share * (len(facts.layers) - 1))] for share in (0, 0.2, 0.35, 0.5, 0.8, 1)]
    for record in {row.name: row for row in rows}.values():
        for pixel in ((0, 0), (shape[1] // 2, shape[2] // 2 - 1), (shape[1] - 1, 3)):
            expected = jacobian_support(model, facts, record.name, pixel)
            got = reached_units(facts, record.name, pixel)
            assert got.shape == torch.Size(record.shape)
            assert torch.equal(got, expected), (record.name, pixel)


def test_a_corner_pixel_is_used_once_and_the_middle_one_nine_times():
    facts = trace(chain(nn.Conv2d(1, 1, 3)), (1, 5, 5))
    assert int(reached_units(facts, "layer0", (0, 0)).sum()) == 1
    assert int(reached_units(facts, "layer0", (2, 2)).sum()) == 9


@pytest.mark.parametrize("name", ZOO)
def test_the_effective_field_lies_inside_the_receptive_field_and_leaves_the_model_alone(name):
    model, shape = network(name)
    facts = trace(model, shape)
    image = torch.randn(1, *shape, generator=torch.Generator().manual_seed(0))
    before = {key: value.clone() for key, value in model.state_dict().items()}
    model.train()
    somewhere = False
    for record in [row for row in facts.layers if len(row.shape) == 3][::7]:
        index = tuple(size // 2 for size in record.shape)
        heat = effective_field(model, facts, record.name, index, image)
        assert heat.shape == torch.Size(shape[1:])
        box = record.receptive_field.box(*index[1:])
        if box is not None:
            inside = box.clipped(*shape[1:])
            heat[inside.top : inside.bottom + 1, inside.left : inside.right + 1] = 0
            assert heat.max() == 0
        somewhere = True
    assert somewhere
    assert model.training
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.modules())


def test_the_effective_field_of_a_score_is_its_gradient():
    model = build("lenet")
    image = torch.rand(1, 1, 28, 28).requires_grad_()
    (expected,) = torch.autograd.grad(model(image)[0, 3], image)
    heat = effective_field(model, trace(model, (1, 28, 28)), "fc3", (3,), image)
    torch.testing.assert_close(heat, expected[0].abs().sum(0))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
@pytest.mark.parametrize(("row", "channel"), [("conv2", 3), ("pool1", 5), ("fc2", 7)])
def test_the_top_crops_are_the_strongest_units_of_the_channel(row, channel, dtype):
    model = build("lenet", {"pool": "max", "activation": "relu"}).eval()
    facts = trace(model, (1, 28, 28))
    torch.manual_seed(0)
    images = torch.randint(0, 256, (300, 1, 28, 28)).to(torch.uint8)
    given = images if dtype == torch.uint8 else images / 255
    kept = {}
    copied = copy.deepcopy(model)
    watched = copied.get_submodule(row)
    watched.register_forward_hook(lambda _m, _i, output: kept.update(maps=output[:, channel]))
    with torch.no_grad():
        copied(images / 255)
    maps = kept["maps"].reshape(300, -1)
    crops = top_crops(model, facts, row, channel, given, k=5)
    torch.testing.assert_close(torch.tensor([crop.value for crop in crops]), maps.amax(1).topk(5).values)
    assert len({crop.image for crop in crops}) == 5
    for crop in crops:
        if crop.position is None:
            assert torch.equal(crop.pixels, given[crop.image])
            continue
        y, x = crop.position
        torch.testing.assert_close(float(kept["maps"][crop.image, y, x]), crop.value)
        inside = crop.box.clipped(28, 28)
        expected = given[crop.image][:, inside.top : inside.bottom + 1, inside.left : inside.right + 1]
        assert torch.equal(crop.pixels, expected)


def test_the_gallery_of_a_thousand_images_takes_less_than_five_seconds():
    model, images = build("lenet"), torch.rand(1000, 1, 28, 28)
    facts = trace(model, (1, 28, 28))
    begin = time.perf_counter()
    assert len(top_crops(model, facts, "conv2", 0, images)) == 9
    assert time.perf_counter() - begin < 5


LENET = build("lenet")
FACTS = trace(LENET, (1, 28, 28))


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: reached_units(FACTS, "conv1", (28, 0)), "reach_pixel"),
        (
            lambda: reached_units(trace(chain(nn.Upsample(scale_factor=2)), (1, 4, 4)), "layer0", (0, 0)),
            "reach_unknown",
        ),
        (lambda: effective_field(LENET, FACTS, "conv1", (9, 0, 0), torch.zeros(1, 1, 28, 28)), "explain_index"),
        (lambda: effective_field(LENET, FACTS, "nowhere", (0,), torch.zeros(1, 1, 28, 28)), "unknown_layer"),
        (lambda: top_crops(LENET, FACTS, "conv1", 0, torch.zeros(2, 3, 28, 28)), "walk_image"),
        (lambda: top_crops(LENET, FACTS, "conv1", 6, torch.zeros(2, 1, 28, 28)), "explain_index"),
    ],
)
def test_what_is_not_there_is_refused_in_every_language(call, key):
    with pytest.raises(UserError) as error:
        call()
    assert error.value.key == key
    assert all(error.value.describe(language) for language in ("en", "zh-Hans", "zh-Hant"))
