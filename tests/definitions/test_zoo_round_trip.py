"""The exported source of every network of the zoo is read back as the same network."""

from typing import Any

import pytest
import torch

from cnnviz.definitions import NetworkDefinition, build, from_json, parse_pytorch, to_json
from cnnviz.definitions.definition_trace import trace_definition
from cnnviz.definitions.shape_pass import infer_shapes
from cnnviz.errors import UserError
from cnnviz.options import format_value
from cnnviz.trace import trace
from cnnviz.trace.source import to_pytorch
from cnnviz.zoo import ARCHITECTURES
from cnnviz.zoo import build as build_zoo

THIN = {"width": 0.125}
SMALL = {"lenet": {}, "alexnet": {"form": "small", "hidden": 64} | THIN, "vgg": {"hidden": 64} | THIN}


def _forms() -> list[Any]:
    """Every architecture as it is, and with each value of each option that stands alone."""
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


def _read(name: str, options: dict[str, Any]) -> tuple[Any, Any, NetworkDefinition]:
    model = build_zoo(name, options, device="meta")
    entry = ARCHITECTURES[name]
    facts = trace(model, entry.input_shape(entry.resolve(options)))
    return model, facts, parse_pytorch(to_pytorch(model, facts))


@pytest.mark.parametrize(("name", "options"), _forms())
def test_the_exported_source_is_read_as_the_same_network(name: str, options: dict[str, Any]) -> None:
    model, facts, definition = _read(name, options)
    assert definition.input_shape == facts.input_shape
    shapes = infer_shapes(definition, facts.input_shape)
    assert [*shapes.given] == [row.shape for row in facts.layers]
    assert (sum(shapes.parameters), sum(shapes.macs)) == (facts.num_params, facts.macs)
    network = build(definition, device="meta")
    assert [p.shape for p in network.parameters()] == [p.shape for p in model.parameters()]
    again = trace(network, facts.input_shape)
    assert trace_definition(definition, shapes) == again
    assert [(row.kind, row.shape, row.macs, row.receptive_field) for row in again.layers] == [
        (row.kind, row.shape, row.macs, row.receptive_field) for row in facts.layers
    ]
    assert from_json(to_json(definition)) == definition


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *[(name, SMALL.get(name, THIN)) for name in ARCHITECTURES],
        ("lenet", {"batch_norm": "mean", "pool": "max"}),
        ("lenet", {"batch_norm": "variance"}),
        ("lenet", {"batch_norm": "fixed"}),
        ("resnet", {"form": "torchvision", "depth": 50, "order": "pre"} | THIN),
        ("googlenet", {"form": "torchvision"} | THIN),
        ("mobilenet", {"version": "v3-large"} | THIN),
    ],
)
def test_with_the_weights_copied_in_order_the_outputs_are_the_same(name: str, options: dict[str, Any]) -> None:
    entry = ARCHITECTURES[name]
    channels = entry.input_shape(entry.resolve(options))[0]
    size = 28 if name in ("lenet", "alexnet") else 96
    model = build_zoo(name, options, (channels, size, size), 7, seed=3)
    definition = parse_pytorch(to_pytorch(model, trace(model, (channels, size, size))), (channels, size, size))
    network = build(definition)
    with torch.no_grad():
        for mine, theirs in zip(network.state_dict().values(), model.state_dict().values(), strict=True):
            mine.copy_(theirs)
        image = torch.randn(2, channels, size, size, generator=torch.Generator().manual_seed(1))
        assert torch.equal(network(image), model(image))
