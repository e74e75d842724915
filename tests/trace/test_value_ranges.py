"""One colour scale for a block or a network spans exactly the values that occur in it."""

import pytest
import torch

from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.api import trace
from cnnviz.trace.value_ranges import covering_range, value_ranges
from cnnviz.zoo import build


def test_every_range_is_the_one_that_a_plain_forward_gives() -> None:
    model, image = build("resnet", {"width": 0.125}, (1, 32, 32)), torch.rand(1, 1, 32, 32)
    plain: dict[str, tuple[float, float]] = {}
    for name, layer in model.named_modules():
        layer.register_forward_hook(
            lambda _layer, _inputs, output, name=name: plain.update({name: (output.min().item(), output.max().item())})
        )
    found = value_ranges(LazyActivations(model, trace(model, (1, 32, 32)), image))
    with torch.no_grad():
        model(image)
    modules = {name: pair for name, pair in found.items() if name in plain}
    assert len(modules) > 50
    assert modules == {name: plain[name] for name in modules}
    assert covering_range(found.values()) == (
        min(low for low, _ in found.values()),
        max(high for _, high in found.values()),
    )


@pytest.mark.parametrize("name", ["resnet", "densenet", "googlenet"])
def test_a_walk_that_can_keep_nothing_finds_the_same_ranges_in_one_pass(name: str) -> None:
    model, image = build(name, {"width": 0.125}, (1, 64, 64)), torch.rand(1, 1, 64, 64)
    facts = trace(model, (1, 64, 64))
    heard: list[float] = []
    small = LazyActivations(model, facts, image, budget=0)
    assert value_ranges(small, heard.append) == value_ranges(LazyActivations(model, facts, image))
    assert small.calls_made == len(facts.layers)
    assert small.held_bytes == 0
    assert heard == sorted(heard)
    assert heard[-1] == 1


def test_no_range_spans_nothing() -> None:
    assert covering_range([]) is None
