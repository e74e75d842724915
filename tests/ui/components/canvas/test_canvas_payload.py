"""What travels, and what comes back."""

import numpy as np
import pytest
import torch

from cnnviz.trace.record import ReceptiveField
from cnnviz.ui.components.canvas import FiltersPanel, Heat, ImagePanel, MapsPanel, Unit
from cnnviz.ui.components.canvas.canvas_payload import pack
from cnnviz.ui.components.canvas.pinned_unit import encode_pin, parse_pin


def test_a_tensor_is_sent_as_its_exact_float32_values_under_the_hash_of_its_content():
    tensor = torch.randn(4, 5, 6)
    payload = pack([MapsPanel("a", tensor)])
    digest = payload.header["panels"][0]["tensor"]
    (blob,) = payload.blobs.values()
    assert blob[:32].decode() == digest
    np.testing.assert_array_equal(np.frombuffer(blob[32:], "<f4").reshape(4, 5, 6), tensor.numpy())


def test_equal_tensors_are_sent_once():
    tensor = torch.randn(2, 3, 3)
    assert len(pack([MapsPanel("a", tensor), MapsPanel("b", tensor.clone())]).blobs) == 1


def test_a_tensor_with_a_gradient_or_another_layout_is_sent_as_its_values():
    tensor = torch.randn(3, 4, 2, requires_grad=True).permute(2, 0, 1)
    blob = next(iter(pack([MapsPanel("a", tensor)]).blobs.values()))
    np.testing.assert_array_equal(np.frombuffer(blob[32:], "<f4").reshape(2, 3, 4), tensor.detach().numpy())


@pytest.mark.parametrize(("values", "signed"), [([0, 1, 2], False), ([-1, 1, 2], True), ([np.nan, 1, -2], True)])
def test_colours_are_diverging_where_a_value_is_below_zero(values, signed):
    assert pack([MapsPanel("a", np.array(values))]).header["panels"][0]["signed"] is signed


@pytest.mark.parametrize(
    "panels",
    [
        [MapsPanel("a", np.zeros(3)), MapsPanel("a", np.zeros(3))],
        [MapsPanel("a", np.zeros((2, 2)))],
        [ImagePanel("a", np.zeros((2, 8, 8)))],
        [ImagePanel("a", np.zeros((1, 8, 8)), heat=Heat(np.zeros((4, 4))))],
        [FiltersPanel("a", np.zeros((2, 3, 3)))],
    ],
)
def test_what_cannot_be_drawn_is_refused(panels):
    with pytest.raises(ValueError, match=r"unique|draws|must have"):
        pack(panels)


def test_a_field_keeps_its_spans():
    field = ReceptiveField("window", size=(2, 2), uniform=False, spans=(((0, 1), (1, 4)), ((0, 2),)))
    assert pack([MapsPanel("a", np.zeros((1, 2, 1)), field=field)]).header["panels"][0]["field"]["spans"] == field.spans


SPECS = pack(
    [
        ImagePanel("image", np.zeros((1, 8, 8))),
        MapsPanel("maps", np.zeros((4, 3, 2))),
        FiltersPanel("kernels", np.zeros((5, 3, 2, 2))),
        FiltersPanel("ones", np.zeros((5, 3, 1, 1))),
    ]
).header["panels"]


@pytest.mark.parametrize(
    "unit",
    [
        Unit("maps", 3, 2, 1),
        Unit("kernels", 4, 1, 0, input_channel=2),
        Unit("ones", 4, 0, 0, input_channel=2),
    ],
)
def test_a_unit_survives_the_way_to_the_browser_and_back(unit):
    spec = next(spec for spec in SPECS if spec["name"] == unit.panel)
    assert parse_pin(encode_pin(unit, spec), SPECS) == unit


@pytest.mark.parametrize(
    "state",
    [
        None,
        3,
        "maps",
        {},
        {"panel": None},
        {"panel": "other", "channel": 0, "y": 0, "x": 0},
        {"panel": "image", "channel": 0, "y": 0, "x": 0},
        {"panel": "maps", "channel": 4, "y": 0, "x": 0},
        {"panel": "maps", "channel": -1, "y": 0, "x": 0},
        {"panel": "maps", "channel": 1.5, "y": 0, "x": 0},
        {"panel": "maps", "channel": True, "y": 0, "x": 0},
        {"panel": "maps", "channel": 0, "y": 0},
    ],
)
def test_a_pin_that_does_not_exist_is_none(state):
    assert parse_pin(state, SPECS) is None
