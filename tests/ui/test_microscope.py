"""What the microscope sends to the browser adds up to what the network computed."""

import math
import random

import pytest
import torch

from cnnviz.text import LANGUAGES
from cnnviz.trace import trace
from cnnviz.trace.explain import explain, explain_softmax
from cnnviz.trace.explain.explanation import Cell
from cnnviz.trace.walk import Walk
from cnnviz.ui.microscope import Pixel, source
from cnnviz.ui.microscope.component import WORDS, payload
from cnnviz.zoo import build

NETWORKS = {
    "lenet": ({}, (1, 28, 28)),
    "alexnet": ({"form": "small"}, (1, 28, 28)),
    "nin": ({"width": 0.125}, (1, 96, 96)),
    "resnet": ({"width": 0.125}, (1, 64, 64)),
    "mobilenet": ({"version": "v3-small", "width": 0.25}, (3, 64, 64)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_numbers_sent_add_up_to_the_value_of_a_plain_forward_pass(name: str) -> None:
    options, shape = NETWORKS[name]
    model = build(name, options, shape, seed=0)
    image = torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))
    facts = trace(model, shape)
    outputs = _plain_outputs(model, image)
    walk, draw = Walk(model, facts, image), random.Random(1)
    known = [row for row in facts.layers if row.name in outputs]
    for row in draw.sample(known, min(20, len(known))):
        output = outputs[row.name][0]
        index = tuple(draw.randrange(size) for size in row.shape)
        sent = payload(explain(walk, row.name, index), "en")["explanation"]
        added = math.fsum(
            [
                *(term["value"] for term in sent["terms"]),
                (sent["rest"] or {"value": 0})["value"],
                sent["bias"] or 0,
            ]
        )
        scale = float(output.abs().max()) or 1
        assert added == pytest.approx(float(output.reshape(row.shape)[index]), abs=1e-5 * scale), row.name
        for term in sent["terms"]:
            if term["window"] and term["window"]["products"]:
                products = [product for line in term["window"]["products"] for product in line]
                assert math.fsum(products) == pytest.approx(term["value"], abs=1e-9)


def _plain_outputs(model: torch.nn.Module, image: torch.Tensor) -> dict[str, torch.Tensor]:
    """What each module gives in an ordinary forward pass."""
    found: dict[str, torch.Tensor] = {}
    hooks = [
        module.register_forward_hook(lambda _, __, out, name=name: found.setdefault(name, out.detach()))
        for name, module in model.named_modules()
        if not list(module.children())
    ]
    with torch.no_grad():
        model.eval()(image)
    for hook in hooks:
        hook.remove()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pixel_is_where_the_path_ends(language: str) -> None:
    sent = payload(Pixel((0, 3, 4), 0.25, (1, 28, 28)), language, [Cell("conv1", (0, 3, 4))])
    assert sent["explanation"] is None
    assert sent["pixel"] == {"index": [0, 3, 4], "value": 0.25, "shape": [1, 28, 28]}
    assert sent["trail"] == [{"row": "conv1", "index": [0, 3, 4]}]
    assert set(sent["words"]) == set(WORDS)


def test_softmax_travels_like_any_other_value() -> None:
    sent = payload(explain_softmax([1.0, 2.0, 3.0], 2, "fc3"), "en")["explanation"]
    assert sent["value"] == pytest.approx(math.exp(3) / (math.exp(1) + math.exp(2) + math.exp(3)), abs=1e-6)


def test_the_script_stands_alone() -> None:
    script = source.script()
    assert "import " not in script
    assert script.count("export default") == 1
    for word in WORDS:
        assert word in script or word.rsplit(".", 1)[0] + ".${" in script, word
