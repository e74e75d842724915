"""A zip of image folders becomes a set that can be trained on, looked through and walked."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnnviz.data import dataset
from cnnviz.data.uploaded_files import delete_set, save_set, uploaded_folder, uploaded_names
from cnnviz.data.uploaded_set import make_uploaded_set
from cnnviz.runs.store import RunStore
from cnnviz.text import LANGUAGES, load
from cnnviz.ui.core.menu import PAGES
from cnnviz.ui.inputs import image_picker, run_queue, uploaded_set
from cnnviz.ui.inputs.links import IMAGE
from tests.data.test_uploaded_set import folders, packed
from tests.data.test_uploaded_set import picture as picture_file

ROOT = Path(__file__).parents[3]
WAIT = 90.0
"""Seconds that a tiny run may take on a busy machine, the start of its process included."""


@pytest.fixture(autouse=True)
def _places_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv("CNNVIZ_PROFILE", raising=False)
    yield
    run_queue.shared_queue().close()
    st.cache_resource.clear()


def _open(page: str, **state: object) -> AppTest:
    app = AppTest.from_file(ROOT / "cnnviz" / "ui" / "core" / "main.py", default_timeout=60).run()
    app = app.switch_page(str(ROOT / PAGES[page].script))
    for name, value in state.items():
        app.session_state[name.replace("__", ".")] = value
    app.run()
    assert not app.exception
    return app


def test_a_zip_that_is_uploaded_is_trained_on_and_its_mistakes_are_looked_at() -> None:
    app = _open("studio", set__epochs=2, set__batch_size=4, set__image_size=28)
    app.get("file_uploader")[0].upload("pets.zip", packed(folders()), "application/zip").run()
    app.button(key="own.make").click().run()
    assert not app.exception
    assert not app.error
    (name,) = uploaded_names()
    assert app.selectbox(key="data").value == name
    assert any("13 training and 3 test images of 2 classes: cat, dog" in said.value for said in app.success)
    app.button(key="train").click().run()
    assert not app.error
    until = time.monotonic() + WAIT
    while any(run.status in ("waiting", "starting", "running") for run in RunStore().runs()):
        assert time.monotonic() < until, RunStore().runs()
        time.sleep(0.2)
    (run,) = RunStore().runs()
    assert (run.status, run.plan.dataset, run.plan.num_classes) == ("finished", name, 2)
    trail = _open("mistakes", weights=f"run:{run.id}")
    assert not trail.error
    assert list(trail.dataframe[0].value["Class"]) == ["cat", "dog"]
    assert next(metric.value for metric in trail.metric if metric.label == "Wrong").endswith("/ 3")
    delete_set(name)
    lab = AppTest.from_file(ROOT / "cnnviz" / "ui" / "core" / "main.py", default_timeout=60).run()
    lab = lab.switch_page(str(ROOT / PAGES["saliency"].script))
    lab.query_params["weights"] = f"run:{run.id}"
    lab.run()
    assert not lab.exception
    assert not lab.error
    assert lab.selectbox(key="image").value == "digits"
    assert any("so another image is used" in said.value for said in lab.caption)


def test_a_zip_that_is_none_is_refused_in_a_sentence() -> None:
    app = _open("studio")
    app.get("file_uploader")[0].upload("pets.zip", b"no zip", "application/zip").run()
    app.button(key="own.make").click().run()
    assert not app.exception
    (error,) = app.error
    assert error.value.startswith("This file is not a zip that can be read")
    assert uploaded_names() == ()


def test_a_kept_set_is_an_image_of_every_page_until_it_is_removed() -> None:
    name = save_set(make_uploaded_set(packed(folders()), 16), "Pets")
    assert image_picker.image_sets()[name].title == "Pets"
    app = _open("studio", data=name)
    assert app.selectbox(key="data").value == name
    app.button(key="own.remove").click().run()
    assert not app.exception
    assert app.selectbox(key="data").value == "digits"
    assert uploaded_names() == ()
    assert name not in image_picker.image_sets()


def test_on_a_shared_server_a_set_is_its_sessions_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    name = save_set(make_uploaded_set(packed(folders()), 16))
    assert uploaded_set.uploaded_sets() == {}
    monkeypatch.setattr(st, "session_state", {"own.mine": [name]})
    assert list(uploaded_set.uploaded_sets()) == [name]


def test_on_a_shared_server_many_large_sets_of_one_session_push_out_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    text = load("own_set", "en")

    def made(session: dict[str, object], seed: int) -> str:
        monkeypatch.setattr(st, "session_state", session)
        paths = [f"{name}/{index}.png" for name in "ab" for index in range(5)]
        files = {path: picture_file(seed + place) for place, path in enumerate(paths)}
        return uploaded_set.store_set(packed(files), 96, "", text, lambda *told: None)[0]

    anne, bert = {"own.who": "anne"}, {"own.who": "bert"}
    of_bert = made(bert, 0)
    size = (uploaded_folder() / f"{of_bert}.safetensors").stat().st_size
    monkeypatch.setattr(uploaded_set, "LARGEST_SESSION_BYTES", 2 * size + 1000)
    of_anne = [made(anne, 100 * turn) for turn in range(1, 5)]
    assert set(uploaded_names()) == {of_bert, *of_anne[-2:]}
    monkeypatch.setattr(st, "session_state", bert)
    assert list(uploaded_set.uploaded_sets()) == [of_bert]


def test_how_a_zip_was_read_is_said_with_what_was_made() -> None:
    files = folders()
    split = {f"{'test' if path.endswith('0.png') else 'train'}/{path}": data for path, data in files.items()}
    _, said = uploaded_set.store_set(packed(split), 16, "Pets", load("own_set", "en"), lambda *told: None)
    assert "Your own split was kept: 14 images in the training folder, 2 in the test folder." in said


def test_a_thread_of_pixels_is_shown_on_its_way_into_the_network() -> None:
    def page() -> None:
        import torch

        from cnnviz.data import prepare
        from cnnviz.ui.inputs.image_picker import draw_preparation

        for size in ((1, 1461), (1461, 1), (1, 2048)):
            draw_preparation(prepare(torch.full((1, *size), 99, dtype=torch.uint8), (1, 28, 28)))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception


def test_a_set_that_two_visitors_made_is_gone_when_both_let_go_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    name = save_set(make_uploaded_set(packed(folders()), 16))
    visitors = [{"own.mine": [name], "own.who": who} for who in ("anne", "bert")]
    uploaded_set._owners()[name] = {"anne", "bert"}
    for visitor, left in zip(visitors, ((name,), ()), strict=True):
        monkeypatch.setattr(st, "session_state", visitor)
        uploaded_set._remove(IMAGE, name)
        assert uploaded_names() == left
        assert uploaded_set.uploaded_sets() == {}
    assert name not in uploaded_set._owners()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_made_is_said_in_every_language(language: str) -> None:
    files = folders()
    data = packed(files | {"cat/again.png": files["cat/00.png"]})
    heard: list[tuple[int, int]] = []
    name, said = uploaded_set.store_set(data, 16, "Pets", load("own_set", language), lambda *told: heard.append(told))
    assert dataset(name).title == "Pets"
    classes = {"en": "cat, dog"}.get(language, "cat、dog")
    assert classes in said
    assert "1" in said.rpartition(classes)[2]
    assert heard[-1] == (17, 17)
