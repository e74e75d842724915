"""The facts of the first page are those that a fresh trace and a fresh walk give."""

import base64
import json
from io import BytesIO

import numpy as np
from PIL import Image

from cnnviz.facts import FILE, facts
from cnnviz.facts.make import make


def _pixels(uri: str) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(base64.b64decode(uri.partition(",")[2]))), dtype=int)


def test_the_file_equals_a_fresh_trace() -> None:
    fresh, kept = json.loads(json.dumps(make())), json.loads(FILE.read_text(encoding="utf-8"))
    assert fresh["networks"] == kept["networks"]
    for name in ("number", "label", "guess"):
        assert fresh[name] == kept[name]
    assert len(fresh["steps"]) == len(kept["steps"])
    for new, old in zip(fresh["steps"], kept["steps"], strict=True):
        assert {key: new[key] for key in ("name", "kind", "shape", "num_params", "macs", "sees")} == {
            key: old[key] for key in ("name", "kind", "shape", "num_params", "macs", "sees")
        }
        assert abs(new["low"] - old["low"]) < 1e-3
        assert abs(new["high"] - old["high"]) < 1e-3
        assert np.abs(_pixels(new["picture"]) - _pixels(old["picture"])).max() <= 2  # rounding differs between machines


def test_lenet_is_the_courses() -> None:
    lenet = next(network for network in facts().networks if network.name == "lenet")
    assert (lenet.num_params, lenet.macs, lenet.num_weighted) == (61_706, 416_520, 5)
    assert [step.shape for step in facts().steps] == [
        (6, 28, 28),
        (6, 14, 14),
        (16, 10, 10),
        (16, 5, 5),
        (120,),
        (84,),
        (10,),
    ]
