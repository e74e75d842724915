"""The diagram as files: boxes, lines and texts are those of the trace, whoever opens them."""

import io
import re
from itertools import combinations

import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from cnnviz.figures.diagram_layout import HEIGHT, WIDTH, diagram_layout
from cnnviz.figures.diagram_slide import diagram_slide
from cnnviz.figures.diagram_tikz import diagram_tikz
from cnnviz.models.spec import ModelSpec
from cnnviz.trace.record import Trace
from cnnviz.zoo import ARCHITECTURES

NETWORKS = list(ARCHITECTURES)
LINK = "http://localhost:8501/architectures?net=resnet&resnet.depth=18"


@pytest.fixture(scope="module", params=NETWORKS)
def network(request: pytest.FixtureRequest) -> Trace:
    return ModelSpec.of(request.param).trace()


def test_every_layer_stands_in_one_box_and_no_two_boxes_overlap(network: Trace) -> None:
    layout = diagram_layout(network)
    names = [node.name for node in layout.nodes]
    assert len(names) == len(set(names))
    assert names[0] == "input"
    for first, second in combinations(layout.nodes, 2):
        assert abs(first.x - second.x) >= WIDTH or abs(first.y - second.y) >= HEIGHT
    for node in layout.nodes:
        assert 0 <= node.x <= layout.width - WIDTH
        assert 0 <= node.y <= layout.height - HEIGHT


def test_lines_run_forwards_between_boxes_and_through_none(network: Trace) -> None:
    layout = diagram_layout(network)
    boxes = {node.name: node for node in layout.nodes}
    order = list(boxes)
    read = {edge.target for edge in layout.edges}
    assert read == set(order[1:])
    for edge in layout.edges:
        assert order.index(edge.source) < order.index(edge.target)
        for start, end in zip(edge.points, edge.points[1:], strict=False):
            assert start[0] == end[0] or start[1] == end[1]  # along an axis
            for node in layout.nodes:
                inside = [
                    min(a, b) < low + side and max(a, b) > low and (a != b or low < a < low + side)
                    for a, b, low, side in (
                        (start[0], end[0], node.x + 0.01, WIDTH - 0.02),
                        (start[1], end[1], node.y + 0.01, HEIGHT - 0.02),
                    )
                ]
                assert not all(inside), (edge, node)


def test_the_slide_opened_again_has_the_boxes_connectors_and_texts_of_the_trace(network: Trace) -> None:
    layout = diagram_layout(network)
    slide = Presentation(io.BytesIO(diagram_slide(layout, "LeNet · 1×28×28", LINK))).slides[0]
    shapes = {shape.name: shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.AUTO_SHAPE}
    assert list(shapes) == [node.name for node in layout.nodes]
    for node in layout.nodes:
        assert shapes[node.name].text_frame.text == f"{node.label}\n{'×'.join(map(str, node.shape))}"
    ids = {shape.shape_id: name for name, shape in shapes.items()}
    ends: dict[str, list[str]] = {}
    for line in slide.shapes:
        if line.shape_type != MSO_SHAPE_TYPE.LINE:
            continue
        glued = [int(found) for found in re.findall(r"<a:(?:st|end)Cxn id=\"(\d+)\"", line._element.xml)]
        ends.setdefault(line.name.partition(" (")[0], []).extend(ids[each] for each in glued)
    assert ends == {f"{edge.source} → {edge.target}": [edge.source, edge.target] for edge in layout.edges}
    caption = next(shape for shape in slide.shapes if shape.name == "caption")
    assert caption.text_frame.text == f"LeNet · 1×28×28\n{LINK}"


def test_the_latex_source_is_balanced_and_names_every_box_and_line(network: Trace) -> None:
    layout = diagram_layout(network)
    source = diagram_tikz(layout, "100% of a_b · 1×28×28", LINK)
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", source):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert re.findall(r"\\(begin|end)\{(\w+)\}", source) == [
        ("begin", "document"), ("begin", "tikzpicture"), ("end", "tikzpicture"), ("end", "document"),
    ]  # fmt: skip
    assert [int(place) for place in re.findall(r"\\node\[\w+\] \(n(\d+)\)", source)] == [*range(len(layout.nodes))]
    assert len(re.findall(r"^\\draw", source, re.MULTILINE)) == len(layout.edges)
    for node in layout.nodes:
        assert node.label.replace("_", r"\_").replace("×", r"$\times$").replace("…", r"\ldots{}") in source
    assert source.split("\\documentclass")[1].isascii()


def test_a_shortcut_goes_over_a_fold_says_times_and_a_concatenation_has_its_branches() -> None:
    resnet = diagram_layout(ModelSpec.of("resnet").trace())
    skip = next(edge for edge in resnet.edges if edge.skips)
    assert skip.target == "stage1.block1.add"
    assert skip.source == "stem"
    deep = diagram_layout(ModelSpec.of("resnet", {"form": "torchvision", "depth": 152}).trace())
    assert {"stage2.block2…block8 ×7", "stage3.block2…block36 ×35"} <= {node.label for node in deep.nodes}
    google = diagram_layout(ModelSpec.of("googlenet").trace())
    cat = next(node.name for node in google.nodes if node.family == "join")
    assert len([edge for edge in google.edges if edge.target == cat]) == 4
