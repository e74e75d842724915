"""The trace of a definition is the one that a pass through the built network gives."""

import pytest

from cnnviz.definitions import NetworkDefinition, build, diagnose, parse_pytorch
from cnnviz.definitions.definition_trace import trace_definition
from cnnviz.definitions.shape_pass import infer_shapes
from cnnviz.trace import trace
from tests.definitions.classes_people_write import READ_CLASSES

SHAPE = (3, 32, 32)


def _assert_traced_alike(definition: NetworkDefinition) -> None:
    assert trace_definition(definition, infer_shapes(definition, SHAPE)) == trace(build(definition, SHAPE), SHAPE)


@pytest.mark.parametrize("name", READ_CLASSES)
def test_a_class_as_people_write_it_has_the_trace_of_its_pass(name: str) -> None:
    _assert_traced_alike(parse_pytorch(READ_CLASSES[name], SHAPE))


@pytest.mark.parametrize(
    "forward",
    [
        "x.permute(0, 2, 3, 1).contiguous().flatten(1)",
        "x.transpose(2, 3).reshape(x.size(0), -1)",
        "torch.cat(x.chunk(3, 1), 2).mean((2, 3))",
        "(1 - x * x + x).sum((2, 3))",
        "F.interpolate(F.pad(x, (1, 2, 3, 4)), scale_factor=2).amax((2, 3))",
        "self.norm(self.conv(self.conv(x))).flatten(1)",
        "(F.dropout(self.pool(x), training=self.training) @ x.transpose(2, 3)).flatten(1)",
    ],
)
def test_views_joins_and_second_calls_have_the_trace_of_their_pass(forward: str) -> None:
    text = f"""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.Sequential(nn.BatchNorm2d(3), nn.Identity(), nn.Dropout(0.2), nn.LPPool2d(2, 2))
        self.pool = nn.AdaptiveAvgPool2d((1, 32))
    def forward(self, x):
        return {forward}
"""
    _assert_traced_alike(parse_pytorch(text, SHAPE))


def test_up_to_a_break_the_trace_ends_there() -> None:
    net = parse_pytorch("net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(5, 2))", SHAPE)
    found = diagnose(net)
    assert found.reached is not None
    assert trace_definition(found.reached, found.shapes) == trace(build(found.reached), SHAPE)
    assert [row.shape for row in trace_definition(found.reached, found.shapes).layers] == [(4, 30, 30)] * 2 + [(3600,)]
