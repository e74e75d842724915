"""Networks run on pages in a place at the gate: here every network counts as heavy."""

import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from cnnviz.ui.core import admission, memory_budget
from cnnviz.ui.core.admission import holds_place
from cnnviz.ui.pages.walkthrough import activations, top_activations
from tests.pages.opening import open_link, rerun

LENET = {"weights": "lenet-digits"}
SALIENCY = {**LENET, "method": "gradient", "n": "77"}


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[bool, list[str]]]:
    """Where layers ran, by whether in a place at the gate, with every network heavy and nothing cached."""
    monkeypatch.setattr(admission, "LIGHT_MACS", 0)
    for name in memory_budget.BUDGETS:
        if name != memory_budget.COMPUTATIONS:
            memory_budget.shared_cache(name)._held.clear()
    found: dict[bool, list[str]] = {True: [], False: []}

    def look(module: nn.Module, inputs: Any) -> None:
        if not inputs[0].is_meta:
            admitted = holds_place()
            found[admitted].append("" if admitted else "".join(traceback.format_stack(limit=40)))

    handle = register_module_forward_pre_hook(look)
    yield found
    handle.remove()


def press(key: str) -> Callable[[AppTest], None]:
    def act(app: AppTest) -> None:
        app.button(key=key).click()

    return act


def press_icon(icon: str) -> Callable[[AppTest], None]:
    def act(app: AppTest) -> None:
        next(button for button in app.button if icon in (button.icon or "")).click()

    return act


@pytest.mark.parametrize(
    ("page", "query", "acts"),
    [
        ("walkthrough", {**LENET, "layer": "conv2", "heat": "1"}, [press("ranges.ask")]),
        ("walkthrough", {**LENET, "layer": "conv2", "view": "gallery"}, [press_icon("search")]),
        ("walkthrough", {**LENET, "layer": "softmax"}, []),
        ("saliency", SALIENCY | {"compare": "layers", "method": "grad-cam"}, []),
        ("saliency", SALIENCY, [press("meter.randomisation"), press("meter.deletion")]),
        ("saliency", SALIENCY | {"trust": "sensitivity"}, []),
        ("saliency", {"weights": "resnet-18-shapes", "method": "gradient", "trust": "pointing", "count": "4"}, []),
        ("saliency", SALIENCY | {"among": "250"}, [press("influence.go")]),
        ("mistakes", LENET, []),
        ("compare", {"set": "conv-dense"}, [press_icon("timer")]),
    ],
    ids=[
        "ranges",
        "gallery",
        "softmax",
        "layers",
        "meters",
        "sensitivity",
        "pointing",
        "influence",
        "mistakes",
        "stopwatch",
    ],
)
def test_every_network_of_a_page_runs_in_a_place_at_the_gate(
    passes: dict[bool, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    query: dict[str, str],
    acts: list[Callable[[AppTest], None]],
) -> None:
    monkeypatch.setattr(activations, "_MOST_MACS", 0)
    monkeypatch.setattr(top_activations, "AT_ONCE", 0)
    app = open_link(page, **query)
    for act in acts:
        act(app)
        rerun(app)
    assert passes[True]
    assert not passes[False], passes[False][0]
