"""The saliency lab shows true maps of trained networks, and every link opens it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
import torch
from scipy.stats import spearmanr
from streamlit.testing.v1 import AppTest

from cnnviz.attribution import METHODS, Method, Target
from cnnviz.checkpoints import CHECKPOINTS, build_network, checkpoint
from cnnviz.data.datasets import dataset
from cnnviz.text import LANGUAGES, load
from cnnviz.ui.components.overlays import Overlay, Stroke
from cnnviz.ui.core import heavy_work
from cnnviz.ui.core.admission import heavy_gate
from cnnviz.ui.core.byte_cache import MEGABYTE
from cnnviz.ui.core.heavy_work import HeavyWork
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.saliency import map_view, page
from cnnviz.ui.pages.saliency.links import AXES
from cnnviz.ui.pages.saliency.presets import QUESTIONS, networks
from tests.pages.opening import rerun
from tests.ui.core.test_admission import Caller

ROOT = Path(__file__).parents[2]
PAGE = str(ROOT / "pages" / "explain" / "saliency.py")
NETWORK = "lenet-digits"


@pytest.fixture
def panels(monkeypatch: pytest.MonkeyPatch) -> list[Overlay]:
    """What the canvas was last given."""
    given: list[Overlay] = []
    draw = map_view.overlays

    def watched(shown: list[Overlay], **settings: object) -> None:
        given[:] = shown
        draw(shown, **settings)

    monkeypatch.setattr(map_view, "overlays", watched)
    return given


def _open(**query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "cnnviz" / "ui" / "core" / "main.py", default_timeout=120).run().switch_page(PAGE)
    for name, value in query.items():
        app.query_params[name.replace("__", ".")] = value
    if "lang" in query:
        app.session_state["lang"] = query["lang"]
    return rerun(app)


def _said(app: AppTest) -> str:
    return " ".join([*(one.value for one in app.markdown), *(one.value for one in app.caption)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_in_every_language(language: str, panels: list[Overlay]) -> None:
    app = _open(lang=language)
    assert app.title[0].value == load("pages/saliency", language)("headline.class", name="0")
    assert [panel.values is None for panel in panels] == [True, False, False]


def test_a_link_asks_its_question_and_the_maps_are_those_of_the_network(panels: list[Overlay]) -> None:
    app = _open(weights=NETWORK, image="digit", n="7", method="gradient,integrated-gradients", **{"class": "3"})
    model, image = build_network(checkpoint(NETWORK)), torch.as_tensor(panels[0].image)[None]
    for panel, name in zip(panels[1:], ("gradient", "integrated-gradients"), strict=True):
        found = METHODS[name].attribute(model, image, Target(3))
        torch.testing.assert_close(torch.as_tensor(panel.values), found.flat(), rtol=1e-4, atol=1e-6)
        if found.completeness is not None:
            assert f"{found.completeness.total:.4g}" in _said(app)
            assert f"{found.completeness.difference:.4g}" in _said(app)


def test_a_press_asks_the_question_after_the_first_and_the_way_back(panels: list[Overlay]) -> None:
    app, t = _open(weights=NETWORK, image="digits", n="7", method="gradient"), load("pages/saliency")
    scores = build_network(checkpoint(NETWORK))(torch.as_tensor(panels[0].image)[None])[0]
    first, second = scores.topk(2).indices.tolist()
    assert app.title[0].value == t("headline.class", name=first)
    assert app.button(key="ask.predicted.second").label == t("headline.rather", name=first, other=second)
    app.button(key="ask.predicted.second").click()
    rerun(app)
    assert app.title[0].value == t("headline.rather", name=first, other=second)
    assert app.query_params["minus"] == "second"
    found = METHODS["gradient"].attribute(
        build_network(checkpoint(NETWORK)), torch.as_tensor(panels[0].image)[None], Target(first, second)
    )
    torch.testing.assert_close(torch.as_tensor(panels[1].values), found.flat(), rtol=1e-4, atol=1e-6)
    app.button(key="ask.predicted.none").click()
    rerun(app)
    assert app.title[0].value == t("headline.class", name=first)


def test_a_mistake_is_asked_about_with_its_true_class(panels: list[Overlay]) -> None:
    app, t = _open(weights="lenet-max-digits", image="digits", n="157", method="gradient"), load("pages/saliency")
    assert app.title[0].value == t("headline.class", name=8)
    app.button(key="ask.predicted.9").click()
    rerun(app)
    assert app.title[0].value == escape_markdown(t("question.rather.title")) or app.title[0].value == t(
        "headline.rather", name=8, other=9
    )


def test_the_other_maps_state_their_rank_correlation_with_the_first(panels: list[Overlay]) -> None:
    _open(weights=NETWORK, image="digits", n="7", method="gradient,occlusion,grad-cam")
    model, image = build_network(checkpoint(NETWORK)), torch.as_tensor(panels[0].image)[None]
    target = Target(int(model(image).argmax()))
    first, *others = (METHODS[name].attribute(model, image, target) for name in ("gradient", "occlusion", "grad-cam"))
    slopes = first.values.abs().sum(0).flatten()
    for panel, other in zip(panels[2:], others, strict=True):
        if other.on_cells:
            ranked = torch.nn.functional.interpolate(
                other.values[None, None], (28, 28), mode="bilinear", align_corners=False
            )
        else:
            ranked = other.flat()
        expected = spearmanr(slopes.numpy(), ranked.flatten().numpy()).statistic
        assert float(panel.note.split()[-1].replace("\N{MINUS SIGN}", "-")) == pytest.approx(expected, abs=0.011)


def test_every_method_has_a_map_or_a_reason(panels: list[Overlay]) -> None:
    names = list(METHODS)
    for first in range(0, len(names), 6):
        some = names[first : first + 6]
        app = _open(
            weights=NETWORK,
            method=",".join(some),
            **{"smoothgrad__samples": "4", "gradient-shap__samples": "4", "kernel-shap__samples": "32"},
        )
        assert len(panels) - 1 + len(app.warning) == len(some)


def test_every_comparison_shows_two_maps_or_says_why_not(panels: list[Overlay]) -> None:
    app = _open(weights=NETWORK, method="grad-cam,integrated-gradients")
    for axis in AXES:
        app.session_state["compare"] = axis
        rerun(app)
        assert len(panels) > 2 or app.info, axis
        assert len({panel.title for panel in panels}) == len(panels), axis


def test_classes_side_by_side_are_asked_for_once_and_the_first_of_them_is_what_the_page_speaks_of(
    panels: list[Overlay], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []
    monkeypatch.setattr(page, "draw_trust", lambda made, asked, t: given.append(asked.target))
    app = _open(weights=NETWORK, method="gradient", compare="classes", classes="4,7", **{"class": "2"})
    assert not {"class", "minus"} & {one.key for one in app.selectbox}
    assert [panel.title for panel in panels[1:]] == ["4", "7"]
    app.session_state["compare"] = "methods"
    rerun(app)
    assert app.selectbox(key="class").value == "2"
    assert given == [Target(4), Target(2)]


def test_a_baseline_of_noise_has_its_seed_and_no_other_baseline_has_one(panels: list[Overlay]) -> None:
    for query in ({}, {"compare": "baselines", "baselines": "black,noise"}):
        app = _open(weights=NETWORK, method="integrated-gradients", **query)
        assert query or not any(one.key == "draw" for one in app.number_input)
        app.session_state["baseline"] = "noise"
        rerun(app)
        before = torch.as_tensor(panels[-1].values)
        app.number_input(key="draw").set_value(5)
        rerun(app)
        assert not torch.equal(before, torch.as_tensor(panels[-1].values))


def test_every_ready_made_question_opens_and_leaves_nothing_of_the_one_before(panels: list[Overlay]) -> None:
    app = _open(weights=NETWORK, **{"class": "9"})
    for name, query in QUESTIONS.items():
        if networks(query) <= set(CHECKPOINTS):
            app.button(key=f"question.{name}").click()
            rerun(app)
            assert not app.warning, name
            assert len(panels) > 2, name
            assert app.session_state["method"] == query["method"].split(","), name
            assert app.query_params.get("class") == query.get("class"), name
            assert load("pages/saliency")(f"question.{name}.look") in _said(app), name
            assert app.title[0].value == escape_markdown(load("pages/saliency")(f"question.{name}.title")), name


def test_the_question_of_two_shapes_shows_two_shapes() -> None:
    query = QUESTIONS["objects"]
    labels = dataset(query["image"]).read("test", int(query["n"]) + 1).labels[-1]
    assert labels.sum() == 2


def test_a_change_of_what_is_compared_makes_no_map_twice(panels: list[Overlay], monkeypatch) -> None:
    app = _open(weights=NETWORK, n="11", method="gradient,occlusion")
    made = []
    attribute = Method.attribute
    monkeypatch.setattr(
        Method, "attribute", lambda self, *given, **named: (made.append(self.name), attribute(self, *given, **named))[1]
    )
    rerun(app)
    assert made == []
    app.selectbox(key="minus").set_value("second")
    rerun(app)
    assert made == ["gradient", "occlusion"]


def test_painting_changes_the_image_the_maps_and_the_answer(panels: list[Overlay]) -> None:
    app = _open(weights=NETWORK, n="0", method="gradient,occlusion")
    before = [torch.as_tensor(panels[0].image), torch.as_tensor(panels[1].values)]
    app.session_state["paint"] = "white.9.4.4.4.24_erase.9.14.14"
    rerun(app)
    assert not torch.equal(before[0], torch.as_tensor(panels[0].image))
    assert not torch.equal(before[1], torch.as_tensor(panels[1].values))
    assert load("pages/saliency")("answer.before", one="|", now="|").split("|")[0] in _said(app)
    assert app.query_params["paint"] == "white.9.4.4.4.24_erase.9.14.14"


def test_a_stroke_is_added_taken_back_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr("streamlit.session_state", state)
    for stroke, text in (
        (Stroke("white", 1, ((1, 1),)), "white.1.1.1"),
        (Stroke("erase", 3, ((2, 2), (2, 3))), "white.1.1.1_erase.3.2.2.2.3"),
        (Stroke("undo"), "white.1.1.1"),
        (Stroke("clear"), ""),
    ):
        map_view._paint(stroke)
        assert state["paint"] == text


@pytest.mark.parametrize(
    "query",
    [
        {"weights": "nonsense", "class": "99", "method": "x", "compare": "x", "paint": "x"},
        {"paint": "erase.1" + ".0.0.0.5" * 200},
        {"minus": "-1", "score": "x", "baseline": "pink", "method": "gradient,gradient", "paint": "erase.1.99.99"},
        {"layer": "nowhere", "method": "grad-cam"},
        {"compare": "layers", "layers": "a,b", "method": "grad-cam"},
    ],
)
def test_a_wrong_link_falls_back_with_a_note_for_each(query: dict[str, str], panels: list[Overlay]) -> None:
    app = _open(**query)
    assert len(app.warning) == len([value for value in query.values() if value not in ("grad-cam", "layers")])
    assert len(panels) > 1


def test_a_map_that_cannot_be_had_is_a_sentence_and_the_others_stay(panels: list[Overlay]) -> None:
    app = _open(weights=NETWORK, method="gradient,neuron-gradient", **{"neuron-gradient__channel": "999"})
    assert len(panels) == 2
    assert "999" in app.warning[0].value


@pytest.mark.parametrize("profile", ["hosted", "local"])
def test_a_shared_server_refuses_what_takes_too_long_and_ones_own_machine_says_so(
    panels: list[Overlay], monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    from cnnviz.ui.pages.saliency import map_cost

    monkeypatch.setenv("CNNVIZ_PROFILE", profile)
    monkeypatch.setattr(map_cost, "MOST", 20 * 416_520)  # twenty passes of LeNet
    hosted = profile == "hosted"
    app = _open(weights=NETWORK, n="21" if hosted else "22", method="gradient,occlusion")
    assert [panel.title for panel in panels[1:]] == [
        METHODS[name].describe("title") for name in (["gradient"] if hosted else ["gradient", "occlusion"])
    ]
    assert [("172" in one.value, "8\\.33 M" in one.value) for one in app.warning] == [(True, True)] * hosted
    told = load("pages/saliency")("cost.long", images="173", macs="72.1 M")
    assert (told in [one.value for one in app.caption]) != hosted


def test_work_that_takes_long_can_be_stopped_and_begun_again(panels: list[Overlay], monkeypatch) -> None:
    app = _open(weights=NETWORK, n="12", method="gradient")
    monkeypatch.setattr(heavy_work, "QUIET", -1.0)
    monkeypatch.setattr(heavy_work, "EVERY", -1.0)
    cut: Callable[..., None] = HeavyWork.show

    def stops(self: HeavyWork, share: float, said: str) -> None:
        cut(self, share, said)
        heavy_work.stop(self.name, self.key)
        raise st.runtime.scriptrunner.StopException

    with monkeypatch.context() as patch:
        patch.setattr(HeavyWork, "show", stops)
        app.multiselect(key="method").set_value(["gradient", "smoothgrad"])
        app.run()
    rerun(app)
    assert len(panels) == 2
    assert app.button(key="again.maps")
    app.button(key="again.maps").click()
    rerun(app)
    assert len(panels) == 3


HEAVY = {"net": "resnet", "weights": "untrained", "image": "flower", "method": "integrated-gradients"}


def test_a_heavy_map_waits_in_line_with_its_place_and_a_light_one_does_not(panels: list[Overlay]) -> None:
    gate = heavy_gate()
    others = [Caller(gate, f"other {number}") for number in range(gate.places)]
    _open(weights=NETWORK, method="gradient")
    assert panels[1].values is not None
    assert gate.waiting == 0
    waiting = threading.Thread(target=lambda: _open(**HEAVY), daemon=True)
    waiting.start()
    while gate.waiting == 0:
        assert waiting.is_alive()
        waiting.join(0.05)
    for other in others:
        other.finish()
    waiting.join(120)
    assert not waiting.is_alive()
    assert (gate.running, gate.waiting) == (0, 0)


def test_a_map_that_does_not_fit_the_memory_left_is_refused_with_both_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnviz.ui.pages.saliency.map_cost.memory_left", lambda: 20 * MEGABYTE)
    app = _open(**HEAVY | {"method": "smoothgrad"})
    refused = [one.value for one in (*app.error, *app.warning, *app.info)]
    assert any("and 20 MB are left" in one for one in refused), refused
