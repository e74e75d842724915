"""One colour scale for a block or a network spans exactly the values that occur in it."""

import torch

from cnnviz.trace.ranges import spanned, value_ranges
from cnnviz.trace.tracer import trace
from cnnviz.trace.walk import Walk
from cnnviz.zoo import build


def test_every_range_is_the_one_that_a_plain_forward_gives() -> None:
    model, image = build("resnet", {"width": 0.125}, (1, 32, 32)), torch.rand(1, 1, 32, 32)
    plain: dict[str, tuple[float, float]] = {}
    for name, layer in model.named_modules():
        layer.register_forward_hook(
            lambda _layer, _inputs, output, name=name: plain.update({name: (output.min().item(), output.max().item())}))
    found = value_ranges(Walk(model, trace(model, (1, 32, 32)), image))
    with torch.no_grad():
        model(image)
    modules = {name: pair for name, pair in found.items() if name in plain}
    assert len(modules) > 50
    assert modules == {name: plain[name] for name in modules}
    assert spanned(found.values()) == (min(low for low, _ in found.values()), max(high for _, high in found.values()))


def test_no_range_spans_nothing() -> None:
    assert spanned([]) is None
