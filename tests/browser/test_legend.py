"""The Walkthrough's legend after any sequence of image, network, layer and range: true of a plain forward pass."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from cnnviz.checkpoints import build_network, checkpoint
from cnnviz.data import MODES, dataset, prepare

pytestmark = pytest.mark.browser

CARDS = {"LeNet": "lenet-digits", "VGG": "vgg-digits"}  # what their networks open with; every row is a module
MOVES = ("mode", "image", "mode", "layer", "mode", "network", "mode", "layer", "image", "network")
GUTTER = 30
"""CSS pixels before the first map, where the rows are numbered."""
IN_CANVAS = """for (const host of document.querySelectorAll('[data-testid=stBidiComponentIsolated]')) {
    const root = host.shadowRoot?.querySelector('.cnnviz-canvas'); if (!root?.dataset.state) continue;"""
NAME = f"() => {{ {IN_CANVAS} return JSON.parse(root.dataset.state).panels[0]?.name; }} }}"
STATE = f"""() => {{ {IN_CANVAS}
    const legend = root.querySelector('.panel:not(.panel-image) .legend');
    return {{ ...JSON.parse(root.dataset.state),
        numbers: [...legend.querySelectorAll('.legend-numbers span')].map(one => one.innerText) }}; }} }}"""
COLOURS = f"""([x, y]) => {{ {IN_CANVAS}
    const panel = root.querySelector('.panel:not(.panel-image)');
    const base = panel.querySelector('canvas.base'), bar = panel.querySelector('.legend-bar');
    const ratio = base.width / base.clientWidth;
    const read = (one, left, top, width) => [...one.getContext('2d').getImageData(left, top, width, 1).data];
    const triples = data => Array.from({{length: data.length / 4}}, (_, i) => data.slice(4 * i, 4 * i + 3));
    const pixel = read(base, Math.floor(x * ratio), Math.floor(y * ratio), 1);
    return [triples(pixel)[0], triples(read(bar, 0, 0, bar.width))];
    }} }}"""


class Truth:
    """Every layer's output of one network for one image, in numpy, from torch's own hooks."""

    def __init__(self, card_name: str, number: int) -> None:
        card = checkpoint(card_name)
        image = prepare(dataset("digits").load("test").images[number], card.input_shape, next(iter(MODES))).tensor
        self.outputs: dict[str, np.ndarray] = {}
        model = build_network(card)
        for name, layer in model.named_modules():
            if not list(layer.children()):
                layer.register_forward_hook(self._keep(name))
        with torch.no_grad():
            model(image.reshape(1, *card.input_shape))

    def _keep(self, name: str) -> Callable[..., None]:
        def hook(_layer: Any, _given: Any, output: torch.Tensor) -> None:
            self.outputs[name] = output[0].numpy().copy()

        return hook

    def legend(self, state: dict[str, Any]) -> tuple[float, float]:
        """The range of what is shown, symmetric about 0 where the layer has values below it."""
        panel, block = state["panels"][0], state["panels"][0]["name"].rpartition(".")[0]
        own = self.outputs[panel["name"]]
        shown = {
            "map": lambda: [own[(state["cursor"] or state["pin"])["channel"]]],
            "layer": lambda: [own],
            "block": lambda: [output for name, output in self.outputs.items() if name.rpartition(".")[0] == block],
            "network": lambda: list(self.outputs.values()),
        }[state["mode"]]()
        low, high = float(min(part.min() for part in shown)), float(max(part.max() for part in shown))
        reach = max(abs(low), abs(high))
        return (-reach, reach) if own.min() < 0 else (low, high)


def test_the_legend_is_true_after_any_sequence_of_image_network_layer_and_range(visit: Any, settled: Any) -> None:
    page = visit("/walkthrough?image=digits")
    page.wait_for_function(NAME)
    draw, network, number, modes, cells = random.Random(5), "LeNet", 0, set(), 0
    truth = Truth(CARDS[network], number)
    for move in MOVES:
        before = page.evaluate(STATE)
        if move == "image":
            number = draw.randrange(1, 300)
            page.locator(".st-key-thumbs-more button").first.click()
            page.locator(".st-key-n input").fill(str(number))
            page.locator(".st-key-n input").press("Enter")
            page.wait_for_function(f"location.search.includes('n={number}')")
            page.keyboard.press("Escape")
        elif move == "network":
            network = next(other for other in CARDS if other != network)
            page.locator(".st-key-net input").click()
            page.get_by_role("option", name=network).first.click()
        elif move == "layer":
            page.get_by_role("button", name="Next").click()
        else:
            fresh = [mode for mode in before["modes"] if mode not in modes] or before["modes"]
            page.locator(f".segment[data-mode={draw.choice(fresh)}]").click()
        if move in ("image", "network"):
            truth = Truth(CARDS[network], number)
        if move != "mode":
            old = before["panels"][0]["tensor"]
            page.wait_for_function(f"old => ({STATE})()?.panels[0]?.tensor !== old", arg=old)
        settled(page)
        state = page.evaluate(STATE)
        modes.add(state["mode"])
        told = f"{move}: {network} {number} {state['panels'][0]['name']} {state['mode']}"
        low, high = truth.legend(state)
        legend = state["panels"][0]["legend"]
        scale = max(abs(low), abs(high))
        assert [legend["low"], legend["high"]] == pytest.approx([low, high], abs=1e-5 * scale), told
        numbers = [float(text.replace("\u2212", "-")) for text in state["numbers"]]
        assert numbers == pytest.approx([low, (low + high) / 2, high], abs=6e-3 * scale), told
        cells += _colours_agree(page, truth, told)
    assert modes == {"map", "layer", "block", "network"}
    assert cells > len(MOVES)


def _colours_agree(page: Any, truth: Truth, told: str) -> int:
    """Whether cells under the pointer have the colour that the legend gives their true value; how many were seen."""
    stage, seen = page.locator(".panel:not(.panel-image) .stage").first, 0
    for x, y in ((GUTTER + 20.5, 11.5), (GUTTER + 61.5, 33.5)):
        stage.hover(position={"x": x, "y": y})
        page.wait_for_timeout(40)
        state = page.evaluate(STATE)
        cursor = state["cursor"]
        value = truth.outputs[cursor["panel"]][cursor["channel"], cursor["y"], cursor["x"]]
        low, high = truth.legend(state)
        drawn, bar = page.evaluate(COLOURS, [x, y])
        at = round((value - low) / (high - low) * (len(bar) - 1))
        near = bar[max(0, at - 1) : at + 2]
        assert min(max(abs(a - b) for a, b in zip(drawn, colour, strict=True)) for colour in near) <= 4, told
        seen += 1
    page.mouse.move(2, 2)
    return seen
