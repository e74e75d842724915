"""`shared/field.js` counts receptive fields as `trace` does: equal boxes, and the units that a pixel reaches."""

import random
from dataclasses import asdict
from itertools import product
from typing import Any

import numpy as np
import torch

from cnnviz.trace import trace
from cnnviz.trace.explain.reached_units import reached_units
from cnnviz.trace.record import LayerRecord
from cnnviz.ui.components.canvas.canvas_payload import pack
from cnnviz.ui.components.canvas.panels import MapsPanel
from cnnviz.zoo import build
from tests.node import evaluate

SCRIPT = """
    const { boxOf, countIn, unitsReached } = await load("components/shared/field.js");
    return data.map(({ field, height, width, units, pixels }) => ({
      boxes: units.map(([y, x]) => boxOf(field, y, x)),
      reached: pixels.map(([y, x]) => {
        const found = unitsReached(field, height, width, y, x);
        return found && [found.rows, found.columns, countIn(found)];
      }),
    }));"""


def test_boxes_and_reached_units_are_those_of_the_trace() -> None:
    draw = random.Random(0)
    cases, expected = [], []
    for name, shape in (("lenet", (1, 28, 28)), ("resnet", (3, 64, 64)), ("googlenet", (3, 96, 96))):
        facts = trace(build(name, input_shape=shape), shape)
        for record in facts.layers:
            field = record.receptive_field
            if len(record.shape) != 3 or field.extent == "unknown" or field.dims != (1, 2):
                continue
            _, height, width = record.shape
            units = [(draw.randrange(height), draw.randrange(width)) for _ in range(4)]
            pixels = [(draw.randrange(shape[1]), draw.randrange(shape[2])) for _ in range(2)]
            cases.append({**_sent(record), "height": height, "width": width, "units": units, "pixels": pixels})
            expected.append((record, units, [reached_units(facts, record.name, pixel).any(0) for pixel in pixels]))
    assert len(cases) > 100
    for (record, units, reached), found in zip(expected, evaluate(SCRIPT, cases), strict=True):
        boxes = [record.receptive_field.box(*unit) for unit in units]
        assert found["boxes"] == [box and asdict(box) for box in boxes], record.name
        field = record.receptive_field
        exact = field.extent == "global" or (field.dense and field.spans is None)
        for mask, (rows, columns, count) in zip(reached, found["reached"], strict=True):
            told = torch.zeros_like(mask)
            for (top, bottom), (left, right) in product(rows, columns):
                told[top : bottom + 1, left : right + 1] = True
            assert int(told.sum()) == count, record.name
            assert torch.equal(told, mask) if exact else not (mask & ~told).any(), record.name


def _sent(record: LayerRecord) -> dict[str, Any]:
    """Return the field as the canvas sends it."""
    panel = MapsPanel("maps", np.zeros(record.shape, np.float32), field=record.receptive_field)
    return {"field": pack([panel]).header["panels"][0]["field"]}
