"""The network-defining cells of the course's convolution chapters give the curriculum's counts."""

import pytest

from cnnviz.definitions import build, parse_pytorch
from cnnviz.definitions.shape_pass import infer_shapes
from cnnviz.trace import trace
from tests.definitions.course_cells import CELLS


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_of_the_course_gives_the_counts_of_the_curriculum(name: str) -> None:
    cell = CELLS[name]
    definition = parse_pytorch(cell.source, cell.shape)
    shapes = infer_shapes(definition, cell.shape)
    assert shapes.clash is None
    assert sum(shapes.parameters) == cell.params
    assert sum(shapes.macs) == cell.macs or not cell.macs
    facts = trace(build(definition, device="meta"), cell.shape)
    assert (facts.num_params, facts.macs) == (cell.params, sum(shapes.macs))
    assert [row.shape for row in facts.layers] == [*shapes.given]


def test_a_cell_tells_its_image_where_it_tries_its_network() -> None:
    assert parse_pytorch(CELLS["lenet, eager"].source).input_shape == (1, 28, 28)
    assert parse_pytorch(CELLS["vgg, lazy"].source).input_shape == (1, 224, 224)
    assert parse_pytorch(CELLS["alexnet, eager"].source).input_shape is None
