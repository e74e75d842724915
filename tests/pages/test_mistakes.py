"""The trail from a count to its images, as a reader's session sees it."""

import base64
import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image
from sklearn.metrics import confusion_matrix
from streamlit.testing.v1 import AppTest
from torchvision.datasets import FashionMNIST

from cnnviz.checkpoints import CHECKPOINTS, build_network
from cnnviz.data import dataset
from cnnviz.models import load_model
from cnnviz.runs import RunPlan, RunStore
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.limits import limits
from cnnviz.runs.run_training import train_run
from cnnviz.text import LANGUAGES, load
from cnnviz.text.numbers import percent
from cnnviz.train.predictions import Predictions
from cnnviz.ui.core import heavy_work
from cnnviz.ui.core.component_files import FILES
from cnnviz.ui.core.menu import PAGES
from cnnviz.ui.inputs import prediction_cache, run_queue
from cnnviz.ui.inputs.image_cache import cached_test_images
from cnnviz.ui.pages.mistakes import confusion, image_grid, image_selection
from tests.data.test_files import mnist_files
from tests.pages.opening import open_page

ROOT = Path(__file__).parents[2]
NAMES = [str(digit) for digit in range(10)]
CARD = CHECKPOINTS["lenet-digits"]


@pytest.fixture(autouse=True)
def _runs_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("CNNVIZ_PROFILE", raising=False)
    yield
    run_queue.shared_queue().close()


@pytest.fixture(scope="module")
def logits() -> torch.Tensor:
    images = dataset("digits").load("test").images.float() / 255
    shown = torch.nn.functional.interpolate(images, (28, 28), mode="bilinear")
    with torch.inference_mode():
        return build_network(CARD)(shown)


@pytest.fixture(scope="module")
def said(logits: torch.Tensor) -> Predictions:
    return Predictions(logits, dataset("digits").load("test").labels)


def _open(**state: object) -> AppTest:
    return open_page("mistakes", **state)


def test_the_counts_and_the_numbers_are_those_of_an_independent_computation(said: Predictions) -> None:
    app = _open(weights="lenet-digits")
    truth, guess = said.labels.numpy(), said.logits.argmax(1).numpy()
    expected = confusion_matrix(truth, guess)
    shown = {metric.label: metric.value for metric in app.metric}
    wrong = int((truth != guess).sum())
    assert shown["Test accuracy"] == percent((truth == guess).mean())
    assert shown["Wrong"] == f"{wrong} / 599"
    table = app.dataframe[0].value
    assert list(table["Images"]) == expected.sum(1).tolist()
    assert table["Recall"].tolist() == pytest.approx((100 * expected.diagonal() / expected.sum(1)).tolist())
    assert torch.tensor(expected).equal(torch.tensor(CARD.confusion))
    here = image_selection.ImageSelection(None, None, (), 0, None)
    sent = confusion.payload(said, here, NAMES, NAMES, load("pages/mistakes"))
    assert [[cell["count"] for cell in row] for row in sent["counts"]] == expected.tolist()


def test_a_cell_leads_to_exactly_its_images_and_all_of_it_is_in_the_link(said: Predictions) -> None:
    truth, guess = said.labels, said.logits.argmax(1)
    row, column = next((int(a), int(b)) for a, b in zip(truth, guess, strict=True) if a != b)
    expected = ((truth == row) & (guess == column)).nonzero().flatten().tolist()
    app = _open(weights="lenet-digits", true=row, pred=column)
    assert f"1–{len(expected)} of {len(expected)}" in [caption.value for caption in app.caption]
    assert any(
        f"Test image {number} (Digits): true class **{row}**, predicted **{column}**" in line.value
        for number in expected
        for line in app.markdown
    )
    assert dict(app.query_params) == {"true": str(row), "pred": str(column)}
    assert len(app.get("page_link")) >= 2


def test_what_is_confused_most_is_said_and_leads_to_its_images(said: Predictions) -> None:
    table = said.confusion().tolist()
    wrong = {(y, x): table[y][x] for y in range(10) for x in range(10) if x != y}
    most = max(wrong.values())
    cells = [cell for cell, count in wrong.items() if count == most]
    app = _open(weights="lenet-digits")
    shown = [button for button in app.button if (button.key or "").startswith("most.")]
    assert [button.key for button in shown] == [f"most.{y}.{x}" for y, x in cells][: confusion.MOST_TIED]
    (row, column), total = cells[0], sum(table[cells[0][0]])
    assert shown[0].label == f"Most often: {row} predicted as {column}, {most} of {total} images"
    shown[0].click().run()
    assert (app.query_params["true"], app.query_params["pred"]) == (str(row), str(column))


def test_a_wrong_count_is_tinted_by_the_largest_and_a_right_one_by_its_row(said: Predictions) -> None:
    here = image_selection.ImageSelection(None, None, (), 0, None)
    sent = confusion.payload(said, here, NAMES, NAMES, load("pages/mistakes"))["counts"]
    table = said.confusion().tolist()
    largest = max(table[y][x] for y in range(10) for x in range(10) if x != y)
    for y in range(10):
        for x in range(10):
            assert sent[y][x]["share"] == table[y][x] / (sum(table[y]) if x == y else largest)


def test_a_click_on_a_cell_and_on_an_image_moves_the_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    app = _open(weights="lenet-digits")
    first = app.session_state["true"]
    monkeypatch.setattr(st, "session_state", {"true": first, "pred": image_selection.ANY})
    image_selection.toggle_cell(3, 5)
    image_selection.show_image(17)
    assert (st.session_state["true"], st.session_state["pred"], st.session_state["at"]) == (3, 5, 17)
    image_selection.toggle_cell(3, 5)
    assert (st.session_state["true"], st.session_state["pred"]) == (image_selection.ANY, image_selection.ANY)
    assert st.session_state["at"] is None


def test_the_place_on_the_trail_is_kept_while_another_page_is_looked_at() -> None:
    app = _open(weights="lenet-max-digits", true=3, at=5, show="number")
    app.switch_page(str(ROOT / PAGES["results"].script)).run()
    app = app.switch_page(str(ROOT / PAGES["mistakes"].script)).run()
    assert not app.exception
    assert (app.selectbox(key="weights").value, app.selectbox(key="true").value) == ("lenet-max-digits", 3)
    assert app.session_state["show"] == "number"


def test_the_tiles_hold_the_images_and_what_was_said_of_them(said: Predictions, monkeypatch) -> None:
    images, t = dataset("digits").load("test"), load("pages/mistakes")
    here = image_selection.ImageSelection(None, None, (7, 3, 590), 0, 3)
    drawn: list[object] = []
    monkeypatch.setattr(image_grid, "draw_image_grid", lambda *given, **named: drawn.append((*given, named)))
    image_grid.draw(said, images, here, NAMES, t)
    tiles, sprite, named = drawn[0]
    assert ([tile.number for tile in tiles], named["chosen"]) == ([7, 3, 590], 3)
    for tile in tiles:
        label, given = int(said.labels[tile.number]), int(said.logits[tile.number].argmax())
        assert tile.lines[0] == (f"{given} ✓" if label == given else f"{label} → {given}")
    with Image.open(BytesIO(base64.b64decode(sprite.url.partition(",")[2]))) as picture:
        assert np.array_equal(np.asarray(picture), torch.cat([images.images[n, 0] for n in (7, 3, 590)], 1).numpy())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_in_every_language(language: str) -> None:
    assert _open(lang=language).title[0].value == load("pages/mistakes", language)("title")


def test_the_list_is_shown_in_pieces() -> None:
    app = _open(show="number")
    assert "1–16 of 599" in [caption.value for caption in app.caption]
    app.button(key="later").click().run()
    assert "17–32 of 599" in [caption.value for caption in app.caption]
    assert dict(app.query_params)["part"] in ("1", ["1"])


def test_a_run_of_the_readers_is_looked_at_like_any_other() -> None:
    settings = {"epochs": 1, "batch_size": 16, "image_size": 28, "threads": 1, "standardise": True}
    plan = RunPlan.parse({"architecture": "lenet", "dataset": "shapes", "limit": 48, "settings": settings})
    store = RunStore()
    record = store.create(plan)
    assert train_run(record.folder, plan, CommandQueue(), limits())[0] == "finished"
    app = _open(weights=f"run:{record.id}")
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Wrong"].endswith("/ 48")
    assert shown["Test accuracy"] == percent(store.find(record.id).test_accuracy)
    assert list(app.dataframe[0].value["Class"]) == ["circle", "square", "triangle", "cross"]
    assert load("pages/mistakes")("several") in [caption.value for caption in app.caption]


@pytest.fixture
def nothing_held() -> Iterator[None]:
    """Images of the same name from elsewhere are neither met here nor left behind."""
    cached_test_images.clear()
    yield
    cached_test_images.clear()


@pytest.mark.usefixtures("nothing_held")
def test_a_set_that_is_not_here_is_offered_with_its_size_and_fetched_by_a_click(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = tmp_path / "published"
    source.mkdir()
    files = []
    for name, data in mnist_files(test=40).items():
        path, packed = source / f"{name}.gz", gzip.compress(data)
        path.write_bytes(packed)
        files.append((path.name, hashlib.md5(packed).hexdigest()))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv("CNNVIZ_DATA", raising=False)
    monkeypatch.setattr(FashionMNIST, "resources", files)
    monkeypatch.setattr(FashionMNIST, "mirrors", [source.as_uri() + "/"])
    card = replace(CARD, dataset="fashion_mnist")
    monkeypatch.setattr("cnnviz.models.sources.checkpoint.CHECKPOINTS", {card.name: card})
    monkeypatch.setattr("cnnviz.models.sources.checkpoint.checkpoint", lambda name: card)
    app = _open()
    assert "31 MB" in app.info[0].value
    assert not app.metric
    app.button(key="fetch.fashion_mnist").click().run()
    assert not app.error
    assert next(metric.value for metric in app.metric if metric.label == "Wrong").endswith("/ 40")


def test_work_that_was_stopped_goes_on_where_it_stopped(said: Predictions) -> None:
    held = prediction_cache.PartialLogits(599, 10)
    held.logits[:128], held.done = said.logits[:128], 128
    model = load_model(CARD.name)
    model = replace(model, weights=replace(model.weights, changed=1))
    prediction_cache._logits_cache().get((model, "digits", 599), 1, lambda: held)
    heavy_work.stop(prediction_cache.WORK, model.weights)
    try:
        some = prediction_cache.predictions_of(model)
        assert len(some) == 128
        heavy_work.resume(prediction_cache.WORK)
        all_of_them = prediction_cache.predictions_of(model)
        assert len(all_of_them) == 599
        torch.testing.assert_close(all_of_them.logits, said.logits, atol=1e-4, rtol=1e-4)
    finally:
        heavy_work.resume(prediction_cache.WORK)


@pytest.mark.parametrize("path", ["pages/mistakes/js/matrix.js", "components/image_grid/js/main.js"])
def test_each_script_is_one_module_of_the_app_that_imports_from_its_files_alone(path: str) -> None:
    script = FILES[path].decode()
    assert script.count("export default") == 1
    assert all(source.startswith(("./", "../")) for source in re.findall(r'from "([^"]+)"', script))
