"""The button "Figure": what it saves is the object below a caption, as vectors where it can be, and twice as large."""

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"


def _save(page, stage: str, form: str) -> bytes:
    box = page.locator(f".st-key-stage-{stage}")
    if box.locator(".forms").get_attribute("hidden") is not None:
        box.locator(".opener").click()
    with page.expect_download() as download:
        box.locator(f".forms .{form}").click()
    return Path(download.value.path()).read_bytes()


def _texts(svg: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def _size(svg: ElementTree.Element) -> tuple[int, int]:
    return int(svg.attrib["width"]), int(svg.attrib["height"])


def _check_png(png: bytes, svg: ElementTree.Element) -> None:
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == tuple(2 * side for side in _size(svg))


def test_a_board_is_saved_with_its_numbers_its_operation_and_its_link(same_tab) -> None:
    page = same_tab("/operations?op=padding&padding.stride=1")
    page.locator(".cnnviz-board .plane").first.wait_for()
    svg = ElementTree.fromstring(_save(page, "drawing-board", "svg"))
    texts = _texts(svg)
    assert {"0", "1", "8"} <= set(texts)  # of the grids: numbers, not a picture of them
    assert any("padding.stride=1" in text for text in texts)
    assert "Padding and stride" in texts
    _check_png(_save(page, "drawing-board", "png"), svg)


def test_maps_and_arithmetic_are_saved_with_network_layer_and_image(same_tab, settled) -> None:
    page = same_tab("/walkthrough?net=lenet&layer=conv2&n=7")
    page.locator(".cnnviz-microscope .cell").first.wait_for()
    settled(page)
    for stage in ("page-maps", "page-arithmetic"):
        svg = ElementTree.fromstring(_save(page, stage, "svg"))
        said = " ".join(_texts(svg))
        assert all(word in said for word in ("LeNet", "conv2", "digits 7", "layer=conv2"))
        assert svg.find(f".//{SVG}rect") is not None
        _check_png(_save(page, stage, "png"), svg)


def test_charts_and_the_diagram_are_saved_too_the_diagram_for_other_programs(same_tab, settled) -> None:
    page = same_tab("/architectures?net=resnet")
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    settled(page)
    chart = ElementTree.fromstring(_save(page, "objects-stages", "svg"))
    assert chart.find(f".//{SVG}path") is not None
    assert any("ResNet" in text for text in _texts(chart))
    _check_png(_save(page, "objects-stages", "png"), chart)
    diagram = ElementTree.fromstring(_save(page, "objects-diagram", "svg"))
    assert {"conv1", "add"} <= set(_texts(diagram))
    assert _save(page, "objects-diagram", "tikz").startswith(b"% ResNet")
    assert _save(page, "objects-diagram", "slide").startswith(b"PK")


def test_the_studios_curves_and_the_confusion_matrix_are_saved_with_their_words(same_tab, settled) -> None:
    page = same_tab("/studio?run=example")
    page.locator(".cnnviz-example .chart .mean").first.wait_for()
    settled(page)
    texts = _texts(ElementTree.fromstring(_save(page, "drawing-curve", "svg")))
    assert any("sigmoid, η 0.9" in text for text in texts)  # the names at the ends of the lines
    assert "Play" not in texts
    page = same_tab("/mistakes?weights=lenet-digits")
    page.locator(".cnnviz-mistakes .cell").first.wait_for()
    settled(page)
    matrix = ElementTree.fromstring(_save(page, "objects-counts", "svg"))
    assert {"58", "60", "LeNet · Digits"} <= set(_texts(matrix))
    _check_png(_save(page, "objects-counts", "png"), matrix)
