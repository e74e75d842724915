"""What the microscope sends to the browser adds up to what the network computed."""

import json
import math
import random

import pytest
import torch

from cnnviz.text import LANGUAGES
from cnnviz.trace import Trace, trace
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain import explain, explain_softmax
from cnnviz.trace.explain.explanation import SourceCell
from cnnviz.ui.components.microscope import Pixel
from cnnviz.ui.components.microscope.microscope_view import WORDS, payload
from cnnviz.zoo import ARCHITECTURES, build

NETWORKS = {
    "lenet": ({"pool": "max", "activation": "relu", "batch_norm": "full"}, (1, 28, 28)),
    "alexnet": ({"form": "paper", "width": 0.125, "hidden": 32}, (3, 67, 67)),
    "vgg": ({"config": "A-LRN", "width": 0.125, "hidden": 32}, (3, 32, 32)),
    "nin": ({"width": 0.125}, (1, 67, 67)),
    "googlenet": ({"width": 0.125}, (1, 33, 33)),
    "resnet": ({"width": 0.125}, (1, 33, 33)),
    "densenet": ({"width": 0.25}, (1, 33, 33)),
    "mobilenet": ({"version": "v3-small", "width": 0.25}, (3, 33, 33)),
}
JOINED = {
    "add": lambda read: read[0] + read[1],
    "mul": lambda read: read[0] * read[1],
    "cat": lambda read: torch.cat(read, 1),
}


def test_at_least_300_random_values_of_all_families_are_the_sum_of_what_the_page_receives() -> None:
    assert set(NETWORKS) == set(ARCHITECTURES)
    draw, compared = random.Random(1), 0
    for name, (options, shape) in NETWORKS.items():
        model = build(name, options, shape, seed=0)
        image = torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))
        facts = trace(model, shape)
        plain, walk = _plain_outputs(model, facts, image), LazyActivations(model, facts, image)
        for row in facts.layers:
            output = plain[row.name][0]
            index = tuple(draw.randrange(size) for size in row.shape)
            sent = json.loads(json.dumps(payload(explain(walk, row.name, index), "en")))["explanation"]
            added = math.fsum(
                [
                    *(term["value"] for term in sent["terms"]),
                    (sent["rest"] or {"value": 0})["value"],
                    sent["bias"] or 0,
                ]
            )
            close = {"abs": 1e-5 * (float(output.abs().max()) or 1)}
            assert added == pytest.approx(float(output.reshape(row.shape)[index]), **close), (name, row.name)
            assert sent["value"] == pytest.approx(added, **close)
            for term in sent["terms"]:
                if term["window"] and term["window"]["products"]:
                    products = [product for line in term["window"]["products"] for product in line]
                    assert math.fsum(products) == pytest.approx(term["value"], abs=1e-9)
            compared += 1
    assert compared >= 300


def _plain_outputs(model: torch.nn.Module, facts: Trace, image: torch.Tensor) -> dict[str, torch.Tensor]:
    """What each module gives in an ordinary forward pass, and what the joins make of it."""
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
    for row in facts.layers:
        if row.name not in found:
            found[row.name] = JOINED[row.kind]([found[name] for name in row.inputs])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pixel_is_where_the_path_ends(language: str) -> None:
    sent = payload(Pixel((0, 3, 4), 0.25, (1, 28, 28)), language, [SourceCell("conv1", (0, 3, 4))])
    assert sent["explanation"] is None
    assert sent["pixel"] == {"index": [0, 3, 4], "value": 0.25, "shape": [1, 28, 28]}
    assert sent["trail"] == [{"row": "conv1", "index": [0, 3, 4]}]
    assert set(sent["words"]) == set(WORDS)


def test_softmax_travels_like_any_other_value() -> None:
    sent = payload(explain_softmax([1.0, 2.0, 3.0], 2, "fc3"), "en")["explanation"]
    assert sent["value"] == pytest.approx(math.exp(3) / (math.exp(1) + math.exp(2) + math.exp(3)), abs=1e-6)
