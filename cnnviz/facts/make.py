"""`python -m cnnviz.facts.make` writes the facts of the first page anew, from the tracer and a real walk."""

import base64
import json
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from cnnviz.checkpoints import build_network, checkpoint
from cnnviz.data import prepare, sample
from cnnviz.data.digits import read_digits
from cnnviz.facts import FILE
from cnnviz.trace.depth import depth
from cnnviz.trace.record import LayerRecord
from cnnviz.trace.tracer import trace
from cnnviz.trace.walk import Walk
from cnnviz.zoo import ARCHITECTURES, build

WEIGHTS = "lenet-digits"
"""The trained network that the button of the first page opens."""
DIGIT = 7
"""Which digit of the test split walks."""
SIDE = 96
"""Pixels of a picture's height and width."""
SHOWN = ("conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3")


def make() -> dict[str, Any]:
    """Everything that `facts.json` holds, as JSON takes it."""
    card = checkpoint(WEIGHTS)
    model = build_network(card)
    image = prepare(sample("digit").load(DIGIT), card.input_shape).tensor
    records = trace(model, card.input_shape)
    walk = Walk(model, records, image)
    return {
        "networks": [_network(name) for name in ARCHITECTURES],
        "image": _picture(image[0]),
        "number": DIGIT,
        "label": int(read_digits("test", 10_000).labels[DIGIT]),
        "guess": int(walk.output(SHOWN[-1])[0].argmax()),
        "steps": [_step(records[name], walk.output(name)[0]) for name in SHOWN],
    }


def _network(name: str) -> dict[str, Any]:
    entry = ARCHITECTURES[name]
    options = entry.settle()
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
        "num_weighted": depth(facts),
    }


def _step(record: LayerRecord, output: Tensor) -> dict[str, Any]:
    field = record.receptive_field
    return {
        "name": record.name,
        "kind": record.kind,
        "shape": record.shape,
        "num_params": record.num_params,
        "macs": record.macs,
        "sees": field.size[0] if field.extent == "window" and field.size else None,
        "picture": _picture(output),
        "low": round(float(output.min()), 4),
        "high": round(float(output.max()), 4),
    }


def _picture(values: Tensor) -> str:
    """(C, H, W) or (F,) as a square grey PNG in a data URI: the maps in a grid, a vector as a grid of its values."""
    low, high = float(values.min()), float(values.max())
    grey = np.rint(255 * (values.numpy() - low) / ((high - low) or 1)).astype(np.uint8)
    maps = grey if grey.ndim == 3 else grey.reshape(-1, 1, 1)
    gap = 1 if grey.ndim == 3 else 0
    across = int(np.ceil(np.sqrt(len(maps))))
    down = -(-len(maps) // across)
    height, width = maps.shape[1] + gap, maps.shape[2] + gap
    sheet = np.zeros((2, down * height - gap, across * width - gap), np.uint8)  # grey, and what is opaque
    for index, single in enumerate(maps):
        top, left = index // across * height, index % across * width
        sheet[0, top : top + maps.shape[1], left : left + maps.shape[2]] = single
        sheet[1, top : top + maps.shape[1], left : left + maps.shape[2]] = 255
    picture = Image.merge("LA", [Image.fromarray(layer) for layer in sheet])
    scale = max(1, SIDE // max(picture.size))
    picture = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)
    square = Image.new("LA", (SIDE, SIDE))
    square.paste(picture, ((SIDE - picture.width) // 2, (SIDE - picture.height) // 2))
    file = BytesIO()
    square.save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


if __name__ == "__main__":
    FILE.write_text(json.dumps(make(), indent=1) + "\n", encoding="utf-8")
