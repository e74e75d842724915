"""The trust panel shows what the tests say, marks who loses, and what leaves the page repeats its maps."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.attribution import METHODS, Target
from cnnviz.attribution.trust.deletion_insertion import faithfulness
from cnnviz.attribution.trust.pointing_game import PointingExample
from cnnviz.attribution.trust.randomisation import SUSPICIOUS_CORRELATION, head_correlation
from cnnviz.checkpoints import CHECKPOINTS, build_network, checkpoint
from cnnviz.models import load_model
from cnnviz.text import load
from cnnviz.ui.inputs.image_choice import ImageChoice, prepare_image
from cnnviz.ui.pages.saliency import map_export, map_request
from cnnviz.ui.pages.saliency.comparison_axis import ComparedMap
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.ui.pages.saliency.trust.panel import TESTS
from cnnviz.ui.pages.saliency.trust.pointing_game import baseline_of
from tests.pages.opening import open_link, rerun

NETWORK, TOPIC = "lenet-digits", "pages/saliency"


@pytest.mark.parametrize("test", [test for test in TESTS if test != "deletion"])
def test_every_test_of_trust_opens(test: str) -> None:
    app = open_link("saliency", weights=NETWORK, method="gradient,grad-cam", trust=test)
    assert app.dataframe or app.button(key="pointing.go")


def _meters(app: AppTest) -> list[str]:
    return [one.proto.body for one in app.get("html") if 'class="trust-meter"' in one.proto.body]


def test_two_of_the_three_meters_run_when_asked_and_say_what_a_recomputation_says() -> None:
    app, t = open_link("saliency", weights=NETWORK, image="digits", n="9", method="input-x-gradient"), load(TOPIC)
    assert [t("meters.asked") in meter for meter in _meters(app)] == [False, True, True]
    assert t("meters.no_promise") in _meters(app)[0]
    app.button(key="meter.randomisation").click()
    rerun(app)
    model = build_network(checkpoint(NETWORK))
    image = prepare_image(ImageChoice("digits", 9, "crop"), load_model(NETWORK)).tensor
    target = Target(int(model(image).argmax()))
    head = head_correlation(METHODS["input-x-gradient"], model, image, target, draws=4)
    told = t("meters.stays" if head > SUSPICIOUS_CORRELATION else "meters.changes", value=f"{head:.2f}")
    assert told.replace("-0", "\N{MINUS SIGN}0") in _meters(app)[1].replace("-0", "\N{MINUS SIGN}0")
    assert f'aria-valuenow="{1 - max(0, head):.3f}"' in _meters(app)[1]
    assert t("meters.asked") in _meters(app)[2]
    app.button(key="meter.deletion").click()
    rerun(app)
    found = METHODS["input-x-gradient"].attribute(model, image, target)
    again = faithfulness(model, image, found, torch.zeros_like(image))
    lost = {*again.loses_deletion_to, *again.loses_insertion_to}
    assert f'aria-valuenow="{(len(again.controls) - len(lost)) / len(again.controls):.3f}"' in _meters(app)[2]
    assert not any(one.key.startswith("meter.") for one in app.button if one.key)


def test_the_first_meter_holds_the_sum_and_the_difference_of_the_scores() -> None:
    app = open_link("saliency", weights=NETWORK, image="digits", n="9", method="integrated-gradients")
    model = build_network(checkpoint(NETWORK))
    image = prepare_image(ImageChoice("digits", 9, "crop"), load_model(NETWORK)).tensor
    with torch.no_grad():
        scores, black = model(image)[0], model(torch.zeros_like(image))[0]
    assert f"{float(scores.max() - black[scores.argmax()]):.4g}" in _meters(app)[0]


def test_areas_are_those_of_a_recomputation_and_losers_are_marked() -> None:
    app = open_link("saliency", weights=NETWORK, image="digits", n="0", method="gradient", trust="deletion")
    t = load("pages/saliency")
    table = app.dataframe[0].value.set_index(t("table.map"))
    model = build_network(checkpoint(NETWORK))
    image = prepare_image(ImageChoice("digits", 0, "crop"), load_model(NETWORK)).tensor
    found = METHODS["gradient"].attribute(model, image, Target(int(model(image).argmax())))
    again = faithfulness(model, image, found, torch.zeros_like(image))
    own = table.iloc[0]
    assert own[t("table.deletion")] == pytest.approx(again.own.deletion.area, abs=2e-3)
    assert own[t("table.insertion")] == pytest.approx(again.own.insertion.area, abs=2e-3)
    assert len(table) == 1 + len(again.controls)
    loses = bool(again.loses_deletion_to or again.loses_insertion_to)
    assert (own[t("table.verdict")] != t("verdict.beats")) == loses


@pytest.mark.skipif("resnet-18-shapes" not in CHECKPOINTS, reason="needs its checkpoint")
def test_the_pointing_game_stands_beside_its_controls() -> None:
    app = open_link(
        "saliency", weights="resnet-18-shapes", image="shapes", n="0", method="grad-cam", trust="pointing", count="4"
    )
    table = app.dataframe[0].value
    hits = table[load("pages/saliency")("table.hits")].tolist()
    assert hits[0] > 2 * hits[1]  # the method, and the random control
    own = table[load("pages/saliency")("table.own")].tolist()
    loses = any(hits[0] <= hit or own[0] <= mass for hit, mass in zip(hits[1:], own[1:], strict=True))
    verdict = table[load("pages/saliency")("table.verdict")]
    assert (verdict[0] != load("pages/saliency")("verdict.beats")) == loses
    assert not any(verdict[1:])


def _subject() -> SaliencyInput:
    return SaliencyInput(load_model(NETWORK), ImageChoice("digits", 3, "crop"))


def _scaled(subject: SaliencyInput) -> SaliencyInput:
    """The same for a model whose input is standardised."""
    model = subject.model
    return replace(subject, model=replace(model, info=replace(model.info, scaling=((0.5,), (0.25,)))))


def test_the_archive_holds_raw_numbers_facts_and_python_that_repeats_them(tmp_path: Path) -> None:
    subject = _subject()
    one = map_request.MapRequest(subject, "integrated-gradients", Target(3), options=(("steps", 16),)).normalized()
    found = map_request.attribution_of(one)
    files = zipfile.ZipFile(io.BytesIO(map_export.archive([(ComparedMap(one, "IG · 3"), found)])))
    name = Path(files.namelist()[0]).stem
    assert sorted(files.namelist()) == [f"{name}.json", f"{name}.npz", f"{name}.py"]
    np.testing.assert_array_equal(np.load(io.BytesIO(files.read(f"{name}.npz")))["attribution"], found.values.numpy())
    facts = json.loads(files.read(f"{name}.json"))
    assert (facts["method"], facts["target"], facts["options"]["steps"]) == ("integrated-gradients", 3, 16)
    assert facts["network"] == {"net": "lenet", "weights": NETWORK}
    files.extractall(tmp_path)
    script = f"{name}.py"
    source = files.read(script).decode().replace(f'"{name}.npz"', repr(str(tmp_path / f"{name}.npz")))
    assert "IntegratedGradients(model).attribute(" in source
    space: dict[str, object] = {}
    exec(compile(source, script, "exec"), space)
    np.testing.assert_allclose(space["values"], found.values.numpy(), atol=1e-5)


def test_another_image_as_baseline_comes_from_the_same_set() -> None:
    subject = _subject()
    baseline = map_request.BaselineChoice(map_request.OTHER, 5).image(subject, 0)
    assert torch.equal(baseline, prepare_image(ImageChoice("digits", 5, "crop"), subject.model).tensor[0])


def test_pixels_are_standardised_where_the_training_was() -> None:
    subject = _subject()
    scaled = _scaled(subject)
    assert torch.equal(scaled.pixels(), subject.pixels())
    torch.testing.assert_close(scaled.input(), prepare_image(scaled.image, scaled.model).tensor)
    torch.testing.assert_close(scaled.model.unstandardise(scaled.input())[0], subject.pixels())


@pytest.mark.parametrize(("name", "pixels"), [("white", 1.0), ("black", 0.0)])
def test_the_pointing_game_compares_with_the_baseline_that_was_chosen(name: str, pixels: float) -> None:
    subject = _subject()
    scaled = _scaled(subject)
    example = PointingExample(scaled.input(), Target(3), torch.zeros(28, 28).bool(), torch.zeros(28, 28).bool())
    one = map_request.MapRequest(scaled, "occlusion", Target(3), baseline=map_request.BaselineChoice(name))
    assert torch.equal(baseline_of(one, example), torch.full((1, 1, 28, 28), (pixels - 0.5) / 0.25))
    other = replace(one, baseline=map_request.BaselineChoice(map_request.OTHER, 5))
    torch.testing.assert_close(
        scaled.model.unstandardise(baseline_of(other, example)),
        prepare_image(ImageChoice("digits", 5, "crop"), subject.model).tensor,
    )
