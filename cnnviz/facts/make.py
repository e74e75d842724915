"""`python -m cnnviz.facts.make` writes the facts of the first page anew, from the tracer and a real walk."""

import base64
import json
from typing import Any

import numpy as np

from cnnviz.checkpoints import build_network, checkpoint, checkpoints_of
from cnnviz.data.pen_drawing import EXAMPLE_DIGITS
from cnnviz.facts import FILE
from cnnviz.facts.drawing import SHOWN, WEIGHTS, predict_drawing
from cnnviz.trace.api import trace
from cnnviz.trace.record import LayerRecord
from cnnviz.zoo import ARCHITECTURES, build

DIGIT = 4
"""The drawing that the first page begins with."""


def make() -> dict[str, Any]:
    """Return everything that `facts.json` holds, as JSON takes it."""
    card = checkpoint(WEIGHTS)
    network = build_network(card)
    records = trace(network, card.input_shape)
    reading = predict_drawing(EXAMPLE_DIGITS[DIGIT], network, records)
    values = b"".join(output.numpy().astype("<f4").tobytes() for output in reading.outputs.values())
    confusion = np.array(checkpoints_of("lenet")[0].confusion)
    return {
        "networks": [_network(name) for name in ARCHITECTURES],
        "layers": [_layer(records[name]) for name in SHOWN],
        "recorded": {
            "drawing": EXAMPLE_DIGITS[DIGIT].format(),
            "values": base64.b64encode(values).decode(),
            "probabilities": [float(f"{each:.6g}") for each in reading.probabilities],
        },
        "mistakes": [int(confusion.sum() - confusion.trace()), int(confusion.sum())],
    }


def _network(name: str) -> dict[str, Any]:
    entry = ARCHITECTURES[name]
    options = entry.resolve()
    shape = entry.input_shape(options)
    facts = trace(build(name, device="meta"), shape)
    return {
        "name": name,
        "title": entry.title,
        "year": entry.year,
        "authors": entry.authors,
        "input_shape": shape,
        "num_params": facts.num_params,
        "macs": facts.macs,
        "num_weighted": facts.depth,
    }


def _layer(record: LayerRecord) -> dict[str, Any]:
    field = record.receptive_field
    return {
        "name": record.name,
        "kind": record.kind,
        "shape": record.shape,
        "num_params": record.num_params,
        "macs": record.macs,
        "sees": field.size[0] if field.extent == "window" and field.size else None,
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(make(), indent=1) + "\n", encoding="utf-8")
