"""What travels to the overlays, and what comes back from the brush."""

import json

import numpy as np
import pytest
import torch

from cnnviz.ui.components.overlays import BrushColour, Overlay, Stroke
from cnnviz.ui.components.overlays.overlays_payload import pack, parse_stroke

IMAGE = np.random.default_rng(0).random((1, 8, 8)).astype(np.float32)
COLOURS = [BrushColour("erase", "erase", (0, 0, 0))]


def _read(message: bytes) -> tuple[dict, np.ndarray]:
    length = int.from_bytes(message[:4], "little")
    start = 4 * -(-(4 + length) // 4)
    return json.loads(message[4 : 4 + length]), np.frombuffer(message[start:], "<f4")


def test_every_tensor_travels_as_its_exact_float32_values() -> None:
    values = torch.randn(5, 3, requires_grad=True)
    header, floats = _read(pack([Overlay("a", IMAGE), Overlay("b", IMAGE, values)], {"language": "zh-Hans"}))
    place = header["tensors"][header["panels"][1]["map"]]
    sent = floats[place["start"] : place["start"] + 15].reshape(place["shape"])
    np.testing.assert_array_equal(sent, values.detach().numpy())
    image = header["tensors"][header["panels"][0]["image"]]
    np.testing.assert_array_equal(floats[image["start"] :][:64].reshape(1, 8, 8), IMAGE)
    assert header["language"] == "zh-Hans"


def test_an_image_that_panels_share_travels_once() -> None:
    header, floats = _read(pack([Overlay("a", IMAGE), Overlay("b", IMAGE.copy(), IMAGE[0] * 2)], {}))
    assert len(header["tensors"]) == 2
    assert floats.size == 128
    assert header["panels"][0]["map"] is None


def test_colours_have_a_sign_where_a_map_has_one() -> None:
    plain = Overlay("a", IMAGE, IMAGE[0], signed=False)
    assert not _read(pack([plain], {}))[0]["signed"]
    assert _read(pack([plain, Overlay("b", IMAGE, IMAGE[0])], {}))[0]["signed"]


@pytest.mark.parametrize(
    "panels",
    [
        [Overlay("a", IMAGE), Overlay("a", IMAGE)],
        [Overlay("a", IMAGE[0])],
        [Overlay("a", np.zeros((2, 8, 8)))],
        [Overlay("a", IMAGE, np.zeros((1, 8, 8)))],
        [Overlay("a", IMAGE, np.zeros((0, 8)))],
    ],
)
def test_what_cannot_be_drawn_is_refused(panels: list[Overlay]) -> None:
    with pytest.raises(ValueError, match=r"unique|draws"):
        pack(panels, {})


def test_a_stroke_survives_the_way_from_the_browser() -> None:
    sent = {"tool": "erase", "size": 3, "path": [[0, 7], [1, 7]]}
    assert parse_stroke(sent, COLOURS, (1, 8, 8)) == Stroke("erase", 3, ((0, 7), (1, 7)))
    assert parse_stroke({"tool": "undo"}, COLOURS, (1, 8, 8)) == Stroke("undo")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"tool": "red", "size": 3, "path": [[0, 0]]},
        {"tool": "erase", "size": 2, "path": [[0, 0]]},
        {"tool": "erase", "size": 3, "path": []},
        {"tool": "erase", "size": 3, "path": [[0, 8]]},
        {"tool": "erase", "size": 3, "path": [[-1, 0]]},
        {"tool": "erase", "size": 3, "path": [[True, 0]]},
        {"tool": "erase", "size": 3, "path": [[0, 0]] * 601},
        {"tool": "erase", "size": 3, "path": [[0]]},
    ],
)
def test_a_stroke_that_no_brush_paints_is_none(sent: object) -> None:
    assert parse_stroke(sent, COLOURS, (1, 8, 8)) is None
