"""Networks run on pages in a place at the gate: here every network counts as heavy."""

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from cnnviz.definitions import parse_pytorch, to_link
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.limits import limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import train_run
from cnnviz.runs.store import RunStore
from cnnviz.trace.activations import LazyActivations
from cnnviz.ui.core import admission, memory_budget
from cnnviz.ui.core.admission import holds_place
from cnnviz.ui.pages.walkthrough import activations, top_activations
from tests.pages.opening import open_link, rerun
from tests.runs.tiny import tiny

LENET = {"weights": "lenet-digits"}
SALIENCY = {**LENET, "method": "gradient", "n": "77"}


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[bool, list[str]]]:
    """Where layers ran, by whether in a place at the gate, with every network heavy and nothing cached."""
    monkeypatch.setattr(admission, "LIGHT_MACS", 0)
    monkeypatch.setattr(activations, "_MOST_MACS", 0)
    monkeypatch.setattr(top_activations, "AT_ONCE", 0)
    for name in memory_budget.BUDGETS:
        if name != memory_budget.COMPUTATIONS:
            memory_budget.shared_cache(name)._held.clear()
    found: dict[bool, list[str]] = {True: [], False: []}

    def note() -> None:
        admitted = holds_place()
        found[admitted].append("" if admitted else "".join(traceback.format_stack(limit=40)))

    def look(module: nn.Module, inputs: Any) -> None:
        if not inputs[0].is_meta:
            note()

    make = LazyActivations._make  # a walk calls no module: it repeats what was recorded of their functions

    def noted(self: LazyActivations, *given: Any) -> Any:
        note()
        return make(self, *given)

    monkeypatch.setattr(LazyActivations, "_make", noted)
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
    page: str,
    query: dict[str, str],
    acts: list[Callable[[AppTest], None]],
) -> None:
    app = open_link(page, **query)
    for act in acts:
        act(app)
        rerun(app)
    assert passes[True]
    assert not passes[False], passes[False][0]


OWN = "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))"


@pytest.mark.parametrize(("page", "query"), [("walkthrough", {"layer": "layer1"}), ("saliency", {"n": "77"})])
def test_a_network_of_the_user_s_own_runs_in_a_place_at_the_gate(
    passes: dict[bool, list[str]], page: str, query: dict[str, str]
) -> None:
    open_link(page, net="own", own=str(to_link(parse_pytorch(OWN, (1, 28, 28)))), **query)
    assert passes[True]
    assert not passes[False], passes[False][0]


def test_the_maps_of_a_run_are_computed_in_a_place_at_the_gate(
    passes: dict[bool, list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    run = RunStore().create(RunPlan.parse(tiny(1)))
    assert train_run(run.folder, run.plan, CommandQueue(()), limits()) == ("finished", None)
    for found in passes.values():
        found.clear()
    open_link("studio", run=run.id)
    assert passes[True]
    assert not passes[False], passes[False][0]
