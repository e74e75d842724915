"""The thumbnails of a set: which images they are, and that a press selects one."""

from collections.abc import Callable, Sequence

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnnviz.data import dataset
from cnnviz.models import load_model
from cnnviz.text import load
from cnnviz.train.predictions import predictions
from cnnviz.ui.components.image_grid.image_grid_view import ImageTile
from cnnviz.ui.inputs import image_thumbnails, prediction_cache

NETWORK = "lenet-digits"
TILES: dict[str, Sequence[ImageTile]] = {}


@pytest.fixture(autouse=True)
def _buttons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's own buttons in place of the browser's, one for each tile."""

    def draw(tiles: Sequence[ImageTile], sprite: object, *, key: str, on_image: Callable, **named: object) -> None:
        TILES[key] = tiles
        for tile in tiles:
            st.button(tile.label, key=f"{key}.{tile.number}", on_click=on_image, args=(tile.number,))

    TILES.clear()
    monkeypatch.setattr(image_thumbnails, "draw_image_grid", draw)


def _script() -> None:
    import streamlit as st

    from cnnviz.ui.core import shell, url_state
    from cnnviz.ui.inputs import image_picker
    from cnnviz.ui.inputs.model_picker import select_model

    url_state.arrive("page", "test")
    image = image_picker.select_image(select_model())
    st.text(f"{image.name} {image.number}")
    shell.draw_link_warnings()


def _open(**query: str) -> AppTest:
    app = AppTest.from_function(_script, default_timeout=60)
    app.query_params.update({"weights": NETWORK, "image": "digits", **query})
    app.run()
    assert not app.exception
    return app


def _numbers(key: str = "thumbs.strip") -> list[int]:
    return [tile.number for tile in TILES[key]]


def test_the_row_holds_the_image_among_its_neighbours_each_named_by_its_class() -> None:
    _open(n="20")
    assert _numbers() == list(range(18, 27))
    labels = dataset("digits").load("test").labels
    t = load("picture")
    assert [tile.label for tile in TILES["thumbs.strip"]] == [
        t("thumbs.tile", number=number, label=int(labels[number])) for number in range(18, 27)
    ]


def test_a_press_selects_the_image_here_and_in_the_link() -> None:
    app = _open(n="20")
    app.button(key="thumbs.strip.23").click().run()
    assert app.text[0].value == "digits 23"
    assert app.query_params["n"] in ("23", ["23"])


def test_one_class_alone_is_listed_in_the_order_of_the_set() -> None:
    app = _open()
    app.selectbox(key="image.class").set_value(4).run()
    of_class = (dataset("digits").load("test").labels == 4).nonzero().flatten().tolist()
    assert _numbers() == of_class[: image_thumbnails.ROW]
    assert app.query_params["image.class"] in ("4", ["4"])


def test_wrong_images_are_those_of_a_pass_of_the_whole_set() -> None:
    model = load_model(NETWORK)
    answers = predictions(model.network(), dataset("digits").load("test"), model.batch_preparation())
    wrong = (~answers.right()).nonzero().flatten().tolist()
    app = _open(**{"image.only": "wrong"})
    assert _numbers() == wrong[: image_thumbnails.ROW]
    first = answers.predicted()[wrong[0]]
    assert TILES["thumbs.strip"][0].label.endswith(f"predicted as {int(first)}")
    app.button_group(key="image.only").set_value("right").run()
    assert set(_numbers()).isdisjoint(wrong)


def test_a_costly_network_predicts_only_so_many_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prediction_cache, "MOST_MACS", 60 * 416_520)  # of LeNet
    monkeypatch.setattr(prediction_cache, "BATCH", 60)
    prediction_cache._logits_cache()._held.clear()
    app = _open(**{"image.only": "right"})
    told = load("picture")("thumbs.first", done="60", count="599")
    assert told in [one.value for one in app.caption]


def test_another_network_is_not_asked_and_an_image_set_of_another_kind_has_no_right_or_wrong() -> None:
    app = _open(image="shapes")
    assert [one.key for one in app.selectbox if one.key == "image.class"]
    assert not [one for one in app.get("button_group") if one.key == "image.only"]


@pytest.mark.parametrize("query", [{"image.class": "99999"}, {"image.class": "x"}, {"image.only": "maybe"}])
def test_a_filter_that_is_none_shows_all_images(query: dict[str, str]) -> None:
    app = _open(**query)
    assert _numbers() == list(range(image_thumbnails.ROW))
    assert len(app.warning) == 1


def test_a_set_of_several_classes_an_image_lists_each_class() -> None:
    app = _open(weights="resnet-18-shapes", image="shapes")
    app.selectbox(key="image.class").set_value(2).run()
    labels = dataset("shapes").load("test").labels
    assert all(labels[number, 2] > 0.5 for number in _numbers())
