"""The work from a pasted text to a drawn graph stays within what a user waits for without noticing."""

from time import process_time
from typing import Any

import pytest

from cnnviz.definitions import diagnose_source
from cnnviz.definitions.definition_trace import trace_definition
from cnnviz.definitions.source_writer import without_shapes
from cnnviz.trace import trace
from cnnviz.trace.source import to_pytorch
from cnnviz.zoo import build as build_zoo

SHAPE = (3, 224, 224)


@pytest.mark.parametrize(
    ("name", "options", "seconds"),
    [("vgg", {"config": "D"}, 0.3), ("resnet", {"form": "torchvision", "depth": 152}, 1.0)],
)
def test_the_largest_networks_are_read_and_traced_in_time(name: str, options: dict[str, Any], seconds: float) -> None:
    network = build_zoo(name, options, SHAPE, device="meta")
    text = without_shapes(to_pytorch(network, trace(network, SHAPE)))
    spent = []
    for _ in range(3):
        start = process_time()
        _, found = diagnose_source(text, SHAPE)
        assert found.reached is not None
        trace_definition(found.reached, found.shapes)
        spent.append(process_time() - start)
    assert min(spent) <= seconds
