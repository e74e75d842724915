"""The facts of the first page are those that a fresh trace and a fresh walk give."""

import base64
import json

import numpy as np
import torch
from torch import nn

from cnnviz.checkpoints import build_network, checkpoint, checkpoints_of
from cnnviz.data.pen_drawing import EXAMPLE_DIGITS, PenDrawing
from cnnviz.facts import FILE, load_facts
from cnnviz.facts.drawing import SHOWN, WEIGHTS, predict_drawing
from cnnviz.facts.make import DIGIT, make
from cnnviz.trace import trace


def _values(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def test_the_file_equals_a_fresh_trace() -> None:
    fresh, kept = json.loads(json.dumps(make())), json.loads(FILE.read_text(encoding="utf-8"))
    for name in ("networks", "layers", "mistakes"):
        assert fresh[name] == kept[name]
    new, old = fresh["recorded"], kept["recorded"]
    assert new["drawing"] == old["drawing"]
    np.testing.assert_allclose(_values(new["values"]), _values(old["values"]), atol=1e-4)
    np.testing.assert_allclose(new["probabilities"], old["probabilities"], atol=1e-4)


def test_lenet_is_the_courses() -> None:
    lenet = next(network for network in load_facts().networks if network.name == "lenet")
    assert (lenet.num_params, lenet.macs, lenet.num_weighted) == (61_706, 416_520, 5)
    assert load_facts().num_params == 61_706
    shapes = [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,), (10,)]
    assert [layer.shape for layer in load_facts().layers] == shapes
    assert len(load_facts().recorded.values) == 4 * sum(int(np.prod(shape)) for shape in shapes)


def test_the_drawing_that_the_first_page_begins_with_is_read_right() -> None:
    recorded = load_facts().recorded
    assert PenDrawing.parse(recorded.drawing) == EXAMPLE_DIGITS[DIGIT]
    assert max(range(10), key=recorded.probabilities.__getitem__) == DIGIT
    assert recorded.probabilities[DIGIT] > 0.99


def test_a_reading_is_what_torch_computes_layer_by_layer() -> None:
    card = checkpoint(WEIGHTS)
    network = build_network(card)
    reading = predict_drawing(EXAMPLE_DIGITS[3], network, trace(network, card.input_shape))
    seen: dict[str, torch.Tensor] = {}

    def keep(name: str) -> object:
        return lambda module, given, output: seen.__setitem__(name, (given[0], output))

    modules = dict(network.named_modules())
    hooks = [modules[name].register_forward_hook(keep(name)) for name in SHOWN]
    try:
        from cnnviz.data import dataset
        from cnnviz.data.handwriting import prepare_handwriting

        prepared = prepare_handwriting(EXAMPLE_DIGITS[3].image(), card.input_shape, dataset("mnist").handwriting)
        with torch.no_grad():
            logits = network(prepared.tensor)
    finally:
        for hook in hooks:
            hook.remove()
    for name in SHOWN:
        torch.testing.assert_close(reading.outputs[name], seen[name][1][0], atol=1e-5, rtol=1e-5)
    assert isinstance(modules["conv1"], nn.Conv2d)
    torch.testing.assert_close(
        torch.tensor(reading.probabilities), logits.softmax(1)[0], atol=1e-6, rtol=1e-5, check_dtype=False
    )


def test_the_mistakes_are_those_of_the_network_that_the_page_on_mistakes_shows_first() -> None:
    card = checkpoints_of("lenet")[0]
    counts = np.array(card.confusion)
    assert load_facts().mistakes == (counts.sum() - counts.trace(), counts.sum())
    assert 1 - load_facts().mistakes[0] / load_facts().mistakes[1] == round(card.test_accuracy, 12) or np.isclose(
        1 - load_facts().mistakes[0] / load_facts().mistakes[1], card.test_accuracy
    )
