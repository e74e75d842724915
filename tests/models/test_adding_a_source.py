"""A source of weights is added as CONTRIBUTING says: one class, one entry, and every page and link knows it."""

import re
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor

from cnnviz.data import dataset
from cnnviz.models import ModelSpec, TrainedModel
from cnnviz.models.sources import table
from cnnviz.models.sources.source import Escape, WeightSource
from cnnviz.models.sources.table import WEIGHT_SOURCES, format_weights, parse_weights
from cnnviz.models.weights import WeightsInfo, WeightsRef
from cnnviz.text import Text
from cnnviz.ui.inputs.image_choice import ImageChoice
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.ui.pages.walkthrough.page_links import saliency_query

ROOT = Path(__file__).parents[2]
SECTION = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a source of weights\n")[2]
SECTION = SECTION.partition("\n## ")[0]


class ConstantSource(WeightSource):
    """LeNets whose every weight is one number."""

    name = "constant"

    def parse(self, text: str) -> WeightsRef | None:
        name = text.removeprefix("constant:")
        return WeightsRef(self.name, name) if name != text else None

    def format(self, weights: WeightsRef) -> str:
        return f"constant:{weights.name}"

    def list(self, architecture: str = "", owner: str = "") -> tuple[WeightsRef, ...]:
        return (WeightsRef(self.name, "0.5"),) if architecture in ("", "lenet") else ()

    def info(self, weights: WeightsRef, spec: ModelSpec | None = None) -> WeightsInfo:
        return WeightsInfo(ModelSpec.of("lenet"), "digits", 0.1)

    def title(self, weights: WeightsRef, t: Text) -> str:
        return f"all {weights.name}"

    def describe(self, weights: WeightsRef, info: WeightsInfo, t: Text, escape: Escape = str) -> str:
        return f"Every weight is {weights.name}."

    def load(self, weights: WeightsRef, spec: ModelSpec) -> dict[str, Tensor]:
        state = spec.build().state_dict()
        return {name: torch.full_like(tensor, float(weights.name)) for name, tensor in state.items()}

    def python(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return (
            f"import torch\n\nfrom cnnviz.zoo import build\n\n{spec.python()}\n"
            f"for parameter in model.parameters():\n    torch.nn.init.constant_(parameter, {weights.name})"
        )


@pytest.fixture(autouse=True)
def constant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WEIGHT_SOURCES, "constant", ConstantSource())


def test_the_guide_names_every_method_that_a_source_must_have() -> None:
    named = set(re.findall(r"`(\w+)`", SECTION))
    assert WeightSource.__abstractmethods__ <= named
    assert "cnnviz/models/sources/table.py" in SECTION
    assert Path(table.__file__).relative_to(ROOT).as_posix() == "cnnviz/models/sources/table.py"


def test_a_link_brings_the_weights_back() -> None:
    model = TrainedModel.of(WeightsRef("constant", "0.5"))
    assert model.to_url() == {"net": "lenet", "weights": "constant:0.5"}
    assert parse_weights("constant:0.5") == model.weights
    assert format_weights(model.weights) == "constant:0.5"


def test_the_network_has_the_weights_and_is_shared_by_the_pages() -> None:
    model = TrainedModel.of(WeightsRef("constant", "0.5"))
    assert all(bool((parameter == 0.5).all()) for parameter in cached_network(model).parameters())
    subject = SaliencyInput(model, ImageChoice("digits", 3, "crop"))
    assert subject.model.class_names("en") == list("0123456789")
    assert subject.labels() == (int(dataset("digits").load("test", limit=4).labels[3]),)


def test_the_python_that_leaves_a_page_makes_the_same_network() -> None:
    space: dict[str, object] = {}
    model = TrainedModel.of(WeightsRef("constant", "0.5"))
    exec(compile(model.python(), "script", "exec"), space)
    image = torch.rand(1, 1, 28, 28)
    with torch.no_grad():
        torch.testing.assert_close(space["model"](image), model.network()(image))


def test_the_way_to_another_page_leads_to_the_same_weights() -> None:
    model = TrainedModel.of(WeightsRef("constant", "0.5"))
    assert (
        saliency_query(model, ImageChoice("digits", 0, "crop"), model.spec.trace()["conv2"])["weights"]
        == "constant:0.5"
    )


def _script() -> None:
    import streamlit as st

    from cnnviz.ui.core import url_state
    from cnnviz.ui.inputs.model_picker import select_model
    from cnnviz.ui.inputs.model_words import draw_model

    url_state.arrive("page", "walkthrough")
    model = select_model()
    draw_model(model)
    st.session_state["model"] = model


@pytest.mark.parametrize("query", [{"weights": "constant:0.25"}, {"net": "lenet", "weights": "constant:0.25"}])
def test_the_menu_offers_the_weights_and_a_link_selects_them(query: dict[str, str]) -> None:
    app = AppTest.from_function(_script, default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    assert "all 0.5" in app.selectbox(key="weights").options
    assert app.selectbox(key="weights").value == "constant:0.25"
    assert app.session_state["model"].weights == WeightsRef("constant", "0.25")
    assert "Every weight is 0.25." in app.caption[0].value
    assert app.query_params["weights"] in ("constant:0.25", ["constant:0.25"])
