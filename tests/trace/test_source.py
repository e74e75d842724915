"""The exported source runs on its own and is the same network."""

from typing import Any

import pytest
import torch
from torch import nn

from cnnviz.errors import UserError
from cnnviz.options import format_value
from cnnviz.trace import trace
from cnnviz.trace.source import to_pytorch
from cnnviz.zoo import ARCHITECTURES, build

THIN = {"width": 0.125}
SMALL = {"lenet": {}, "alexnet": {"form": "small", "hidden": 64} | THIN, "vgg": {"hidden": 64} | THIN}
"""Options under which a network's weights are few; every other one is only made thin."""


def _forms() -> list[Any]:
    """Every architecture as it is, and with each value of each knob that stands alone."""
    found = []
    for name, entry in ARCHITECTURES.items():
        found.append(pytest.param(name, {}, id=name))
        for option in entry.options:
            values = option.choices[1:] if option.choices and option.name != "width" else ()
            for value in values:
                given = {option.name: value}
                for need in option.needs:
                    if not need.met(entry.resolve()):
                        given[need.other] = need.allowed[0]
                try:
                    entry.resolve(given)
                except UserError:
                    continue
                found.append(pytest.param(name, given, id=f"{name}-{option.name}={format_value(value)}"))
    found.append(pytest.param("resnet", {"form": "torchvision", "depth": 152}, id="resnet-152"))
    return found


def _run(source: str, device: str = "meta") -> nn.Module:
    space: dict[str, Any] = {"__name__": "exported"}
    with torch.device(device):
        exec(source, space)
    return space["net"].eval()


@pytest.mark.parametrize(("name", "options"), _forms())
def test_the_source_gives_the_same_layers_shapes_and_parameters(name: str, options: dict[str, Any]) -> None:
    model = build(name, options, device="meta")
    entry = ARCHITECTURES[name]
    facts = trace(model, entry.input_shape(entry.resolve(options)))
    net = _run(to_pytorch(model, facts))
    again = trace(net, facts.input_shape)
    assert [p.shape for p in net.parameters()] == [p.shape for p in model.parameters()]
    assert again.num_params == facts.num_params
    assert [(row.kind, row.shape, row.macs) for row in again.layers] == [
        (row.kind, row.shape, row.macs) for row in facts.layers
    ]
    assert [row.receptive_field for row in again.layers] == [row.receptive_field for row in facts.layers]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *[(name, SMALL.get(name, THIN)) for name in ARCHITECTURES],
        ("lenet", {"batch_norm": "mean", "pool": "max"}),
        ("lenet", {"batch_norm": "variance"}),
        ("lenet", {"batch_norm": "fixed"}),
        ("resnet", {"form": "torchvision", "depth": 50, "order": "pre"} | THIN),
        ("googlenet", {"form": "torchvision"} | THIN),
        ("mobilenet", {"version": "v2"} | THIN),
        ("mobilenet", {"version": "v3-large"} | THIN),
    ],
)
def test_with_the_weights_copied_in_order_the_outputs_are_the_same(name: str, options: dict[str, Any]) -> None:
    entry = ARCHITECTURES[name]
    channels = entry.input_shape(entry.resolve(options))[0]
    size = 28 if name in ("lenet", "alexnet") else 96
    model = build(name, options, (channels, size, size), 7, seed=3)
    net = _run(to_pytorch(model, trace(model, (channels, size, size))), "cpu")
    with torch.no_grad():
        for mine, theirs in zip(net.state_dict().values(), model.state_dict().values(), strict=True):
            mine.copy_(theirs)
        image = torch.randn(2, channels, size, size, generator=torch.Generator().manual_seed(1))
        assert torch.equal(net(image), model(image))


def test_the_source_names_nothing_but_torch() -> None:
    for name in ARCHITECTURES:
        for options in ({}, {"batch_norm": "mean"}) if name == "lenet" else ({},):
            model = build(name, options, device="meta")
            entry = ARCHITECTURES[name]
            source = to_pytorch(model, trace(model, entry.input_shape(entry.resolve(options))))
            assert "cnnviz" not in source
            assert all(len(line) <= 130 for line in source.splitlines())


def test_lenet_is_written_as_the_course_writes_it() -> None:
    model = build("lenet", device="meta")
    source = to_pytorch(model, trace(model, (1, 28, 28)))
    assert "net = nn.Sequential(\n    nn.Conv2d(1, 6, kernel_size=5, padding=2),  # 6×28×28\n" in source
    assert "class" not in source


def test_a_repeated_block_is_written_once() -> None:
    model = build("resnet", {"form": "torchvision", "depth": 152}, device="meta")
    source = to_pytorch(model, trace(model, (3, 224, 224)))
    assert source.count("class ") == 2
    assert "*(Bottleneck(1024, 256) for _ in range(35))" in source


def test_a_network_that_is_no_sequence_becomes_a_class() -> None:
    class Twins(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.left = nn.Conv2d(3, 4, (1, 3), padding=(0, 1))
            self.right = nn.Conv2d(3, 4, 1, bias=False)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            a = self.left(x)
            return torch.cat((a * self.right(x), a), dim=1)

    model = Twins().eval()
    net = _run(to_pytorch(model, trace(model, (3, 5, 6))), "cpu")
    net.load_state_dict(model.state_dict())
    image = torch.randn(1, 3, 5, 6)
    assert torch.equal(net(image), model(image))


@pytest.mark.parametrize(
    "body",
    [lambda self, x: self.a(x) ** 2, lambda self, x: self.a(x) * 3, lambda self, x: self.a(x).sort(1)[0]],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(body: Any) -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Conv2d(1, 2, 3)

        forward = body

    model = Odd().eval()
    with pytest.raises(UserError, match="no equivalent PyTorch"):
        to_pytorch(model, trace(model, (1, 8, 8)))
