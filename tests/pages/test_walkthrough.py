"""The Walkthrough as a reader's session sees it."""

import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.data import dataset
from cnnviz.errors import UserError
from cnnviz.models import ModelSpec, TrainedModel, load_model
from cnnviz.text import LANGUAGES, load
from cnnviz.trace import trace
from cnnviz.trace.explain.explanation import SourceCell
from cnnviz.ui.core import heavy_work, shell
from cnnviz.ui.core.byte_cache import ByteCache
from cnnviz.ui.inputs.image_picker import OWN_IMAGES, ImageChoice
from cnnviz.ui.inputs.prediction import cached_logits
from cnnviz.ui.inputs.walk_cache import load_activations
from cnnviz.ui.pages.walkthrough import activations, pin
from cnnviz.ui.pages.walkthrough.links import VIEWS
from cnnviz.ui.pages.walkthrough.pin_state import PinState
from cnnviz.zoo import ARCHITECTURES, build

PAGE = Path(__file__).parents[2] / "pages" / "explore" / "walkthrough.py"
SMALL = {
    "lenet": {},
    "alexnet": {"alexnet.form": "small"},
    "vgg": {"vgg.width": "0.125", "vgg.size": "32", "vgg.hidden": "64"},
    "nin": {"nin.width": "0.125", "nin.size": "96"},
    "googlenet": {"googlenet.form": "small", "googlenet.width": "0.125"},
    "resnet": {"resnet.width": "0.125", "resnet.size": "64"},
    "densenet": {"densenet.width": "0.25", "densenet.size": "64"},
    "mobilenet": {"mobilenet.width": "0.25", "mobilenet.size": "64"},
}


@pytest.fixture(autouse=True)
def _no_pages_but_this(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page runs by itself here, and Streamlit knows no other to link to; its links are tested in `test_ties`."""
    monkeypatch.setattr(shell, "page_link", lambda name, label, **query: None)


def _open(**query: str) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return _run(app)


def _run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    assert "Traceback" not in " ".join(error.value for error in app.error)
    return app


def _notes(app: AppTest) -> str:
    return " ".join(warning.value for warning in app.warning).replace("\\", "")


def _pin(app: AppTest) -> PinState:
    return app.session_state[pin.STATE]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_opens_with_a_value_explained(name: str) -> None:
    app = _open(net=name, **SMALL[name])
    assert not app.error
    state = _pin(app)
    assert state.row
    assert len(state.shown) == 3
    assert state.index is None  # the first of its layer, until the reader chooses
    assert "unit" not in app.query_params


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("layer", ["conv2", "pool1", "sigmoid1", "flatten", "fc3"])
def test_every_view_opens_on_every_kind_of_layer(view: str, layer: str) -> None:
    assert not _open(view=view, layer=layer).error


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language(language: str) -> None:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.session_state["lang"] = language
    _run(app)
    assert not app.error
    words = load("pages/walkthrough", language)
    assert app.title[0].value == words("title")
    says = load("weights", language)("predicted.classes", classes="").strip()
    assert any(says in line.value for line in app.markdown)  # trained, and it says so, from the first moment


def test_a_link_pins_its_unit() -> None:
    app = _open(layer="conv2", unit="3,5,7")
    assert _pin(app).shown == (3, 5, 7)
    assert app.query_params["unit"] == "3,5,7"
    assert not app.warning


def test_a_link_pins_a_unit_of_a_vector() -> None:
    assert _pin(_open(layer="fc1", unit="17")).shown == (17,)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"net": "xx"}, "xx"),
        ({"layer": "nope"}, "nope"),
        ({"unit": "9,9,9"}, "9,9,9"),
        ({"unit": "1;2"}, "1;2"),
        ({"unit": "0,20,20", "layer": "elsewhere"}, "0,20,20"),
        ({"unit": "0,-1,0"}, "0,-1,0"),
        ({"unit": "0,0,99999999999"}, "99999999999"),
        ({"image": "zz"}, "zz"),
        ({"seed": "-1"}, "-1"),
        ({"lenet.pool": "median"}, "median"),
        ({"lenet.size": "100000"}, "100000"),
        ({"lenet.classes": "0"}, "0"),
        ({"view": "nothing"}, "nothing"),
        ({"heat": "2"}, "2"),
        ({"view": "gallery", "gallery": "imagenet"}, "imagenet"),
    ],
)
def test_a_wrong_link_falls_back_with_a_note(query: dict[str, str], said: str) -> None:
    app = _open(**query)
    assert said in _notes(app)
    assert _pin(app).shown is not None


def test_an_image_too_small_is_one_sentence() -> None:
    app = _open(**{"net": "alexnet", "alexnet.size": "20"})
    assert len(app.error) == 1


def test_another_network_lets_the_unit_go() -> None:
    app = _open(layer="conv1", unit="3,5,7")
    app.selectbox(key="net").set_value("nin")
    app.session_state["nin.size"] = 96
    _run(app)
    assert _pin(app).index is None
    assert "unit" not in app.query_params


def test_stepping_keeps_the_chosen_place_while_the_shape_stays() -> None:
    app = _open(layer="conv1", unit="3,5,7")
    app.button(key="layer.next").click()
    _run(app)
    assert app.session_state["layer"] == "sigmoid1"
    assert _pin(app).shown == (3, 5, 7)
    app.button(key="layer.next").click()
    _run(app)
    assert app.session_state["layer"] == "pool1"
    assert _pin(app).index is None


def test_the_facts_stand_where_the_memory_does_not_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_MEMORY_MB", "1")
    import streamlit

    streamlit.cache_resource.clear()
    try:
        app = _open(net="vgg", weights="untrained")
        assert len(app.error) == 1
        assert "MB" in app.error[0].value
        assert any("64·224·224" in markdown.value for markdown in app.markdown)
    finally:
        streamlit.cache_resource.clear()


def test_a_picture_too_large_for_its_gradient_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnviz.ui.inputs.image_choice import ImageChoice
    from cnnviz.ui.pages.walkthrough import receptive_field

    record = trace(build("lenet", device="meta"), (1, 28, 28))["conv1"]
    monkeypatch.setattr(receptive_field, "memory_left", lambda: 1000)
    image = ImageChoice("digit", 0, "crop")
    with pytest.raises(UserError) as error:
        receptive_field.heat_of(TrainedModel(ModelSpec.of("lenet")), image, record, (0, 0, 0), "en")
    assert error.value.key == "not_enough_memory"


def test_the_effective_field_stands_beside_the_image_when_asked_for() -> None:
    assert not _open(heat="1", layer="conv2").error


def test_the_gallery_shows_the_strongest_patches_first() -> None:
    app = _open(view="gallery", layer="conv2", unit="3,5,7")
    captions = [caption for image in app.get("image") for caption in _captions(image) if "(image" in caption]
    values = [float(caption.split(" · ")[0]) for caption in captions]
    assert len(values) == 8
    assert values == sorted(values, reverse=True)


def _captions(image: object) -> list[str]:
    return [part.caption for part in image.proto.imgs]


def test_the_step_behind_the_last_layer_is_softmax_with_the_numbers_of_the_image() -> None:
    app = _open(layer="fc3")
    assert not app.dataframe
    app.button(key="layer.next").click()
    _run(app)
    assert app.query_params["layer"] == "softmax"
    assert app.button(key="layer.next").disabled
    assert not app.error
    given = cached_logits(load_model("lenet-digits"), ImageChoice("digits", 0, "crop")).double()
    expected = given.sort(descending=True)
    table = app.dataframe[0].value
    assert table.iloc[:, 1].tolist() == pytest.approx(expected.values.tolist(), rel=1e-5)
    assert table.iloc[:, 2].tolist() == pytest.approx([math.exp(z) for z in expected.values.tolist()], rel=1e-5)
    assert math.isclose(table.iloc[:, 3].sum(), 1, abs_tol=1e-6)
    assert _pin(app).shown == (int(given.argmax()),)


@pytest.mark.parametrize("view", ["value", "parts"])
@pytest.mark.parametrize("layer", ["stage1.block1.add", "stage2.block1.add"])  # with x as it is, and through a 1×1
def test_a_sum_says_x_plus_f_of_x_in_numbers_that_add_up(view: str, layer: str) -> None:
    app = _open(net="resnet", **SMALL["resnet"], layer=layer, view=view, unit="1,2,3")
    assert not app.error
    said = next(caption.value for caption in app.caption if " = " in caption.value and "`" in caption.value)
    added, total = said.split("`")[1].split(" = ")
    numbers = [float(part) for part in added.replace(" − ", " -").replace("−", "-").replace(" + ", " ").split()]
    assert len(numbers) == 2
    assert sum(numbers) == pytest.approx(float(total.replace("−", "-")), abs=1e-5)
    walked = load_activations(load_model("resnet-18-digits"), ImageChoice("digits", 0, "crop"))
    y, x = (tensor[0, 1, 2, 3] for tensor in walked.inputs(layer))
    assert numbers == pytest.approx([float(x), float(y)], abs=1e-5)


def test_a_concatenation_says_which_input_the_pinned_channel_came_from() -> None:
    app = _open(net="googlenet", **SMALL["googlenet"], layer="inception3a.cat", unit="9,0,0")
    assert not app.error
    lines = next(text.value for text in app.markdown if text.value.startswith("- ")).splitlines()
    shapes = _pin(app).network.trace()["inception3a.cat"].input_shapes
    first = 0
    for line, (channels, _, _) in zip(lines, shapes, strict=True):
        assert f"channels {first} to {first + channels - 1}" in line
        assert ("**" in line) == (first <= 9 < first + channels)
        first += channels


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_of_layers_says_what_each_of_them_is(language: str) -> None:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.session_state["lang"] = language
    app.query_params["net"] = "nin"
    _run(app)
    kinds = load("kinds", language)
    assert f"block1.mlp1 · {kinds('pointwise.name')}" in app.selectbox(key="layer").options


def test_the_first_dense_layer_says_where_its_inputs_come_from() -> None:
    assert any("16·5·5 = 400" in text.value for text in _open(layer="fc1").markdown)


@pytest.mark.parametrize("source", OWN_IMAGES)
def test_no_prediction_is_made_of_an_image_that_only_stands_in(source: str) -> None:
    app = _open(image=source)
    says = load("weights")("predicted.classes", classes="").strip()
    assert not any(says in line.value for line in app.markdown)
    assert [line.value for line in app.info] == [load("picture")(f"{source}.waiting")]
    buffer = io.BytesIO()
    Image.new("L", (28, 28)).save(buffer, "PNG")
    if source == "upload":
        app.file_uploader(key="upload").set_value(("black.png", buffer.getvalue(), "image/png"))
        _run(app)
        assert any(says in line.value for line in app.markdown)


def test_a_link_to_softmax_pins_its_class() -> None:
    app = _open(layer="softmax", unit="3")
    assert _pin(app).shown == (3,)
    assert not app.warning


def test_softmax_leads_on_to_another_image_at_the_first_layer() -> None:
    app = _open(layer="softmax")
    next(button for button in app.button if button.label == load("pages/walkthrough")("softmax.again")).click()
    _run(app)
    assert (app.session_state["n"], app.session_state["layer"]) == (1, "conv1")
    assert app.query_params["n"] == "1"


def test_a_network_whose_classes_do_not_exclude_each_other_ends_in_a_sigmoid_each() -> None:
    card = next(card for card in CHECKPOINTS.values() if dataset(card.dataset).multi_label)
    app = _open(net=card.architecture, weights=card.name, layer="sigmoid")
    assert not app.error
    assert not app.warning
    assert "softmax" not in app.selectbox(key="layer").options
    picture = ImageChoice(card.dataset, 0, "crop")
    given = cached_logits(load_model(card.name), picture).double()
    table = app.dataframe[0].value
    expected = given.sort(descending=True).values
    assert table.iloc[:, 1].tolist() == pytest.approx(expected.tolist(), rel=1e-4)
    assert table.iloc[:, 2].tolist() == pytest.approx(expected.sigmoid().tolist(), rel=1e-4)
    assert "softmax" in _open().selectbox(key="layer").options


def test_following_leads_from_a_probability_to_its_score_and_back() -> None:
    def script() -> None:
        import streamlit as st

        from cnnviz.trace import trace
        from cnnviz.ui.pages.walkthrough import pin
        from cnnviz.ui.pages.walkthrough.pin_state import PinState
        from cnnviz.zoo import build

        facts = trace(build("lenet", device="meta"), (1, 28, 28))
        st.session_state[pin.STATE] = PinState(row="softmax", shape=(10,), shown=(2,))
        pin.follow(facts, {"row": "fc3", "index": [2]})
        st.session_state["first"] = (pin.current().row, pin.current().index, st.session_state["layer"])
        pin.back(0)
        st.session_state["second"] = (pin.current().row, pin.current().index, st.session_state["layer"])

    app = _run(AppTest.from_function(script))
    assert app.session_state["first"] == ("fc3", (2,), "fc3")
    assert app.session_state["second"] == ("softmax", (2,), "softmax")


@pytest.fixture
def lenet_trace() -> object:
    return trace(build("lenet", device="meta"), (1, 28, 28))


@pytest.mark.parametrize(
    "target",
    [
        None,
        3,
        "conv1",
        {},
        {"row": "conv1"},
        {"row": "nope", "index": [0, 0, 0]},
        {"row": "conv1", "index": [0, 0]},
        {"row": "conv1", "index": [6, 0, 0]},
        {"row": "conv1", "index": [0, -1, 0]},
        {"row": "conv1", "index": [0.5, 0, 0]},
        {"row": "conv1", "index": [True, 0, 0]},
        {"row": "input", "index": [0, 28, 0]},
        {"row": ["conv1"], "index": [0, 0, 0]},
    ],
)
def test_what_a_browser_sends_is_followed_only_to_a_value_that_exists(lenet_trace: object, target: object) -> None:
    assert pin.parse_cell(lenet_trace, target) is None


def test_a_value_that_exists_is_followed(lenet_trace: object) -> None:
    assert pin.parse_cell(lenet_trace, {"row": "conv1", "index": [5, 27, 0]}) == SourceCell("conv1", (5, 27, 0))
    assert pin.parse_cell(lenet_trace, {"row": "input", "index": [0, 27, 27]}) == SourceCell("input", (0, 27, 27))


def test_a_pixel_of_the_image_is_followed_on_the_layer_that_stays_and_no_place_lies_beyond_the_trail() -> None:
    def script() -> None:
        import streamlit as st

        from cnnviz.trace import trace
        from cnnviz.ui.pages.walkthrough import pin
        from cnnviz.ui.pages.walkthrough.pin_state import PinState
        from cnnviz.zoo import build

        facts = trace(build("lenet", device="meta"), (1, 28, 28))
        st.session_state["layer"] = "sigmoid1"
        st.session_state[pin.STATE] = PinState(row="sigmoid1", shape=(6, 28, 28), shown=(2, 6, 8))
        pin.follow(facts, {"row": "input", "index": [0, 6, 8]})
        st.session_state["first"] = (pin.current().row, pin.current().pixel, st.session_state["layer"])
        for step in (7, -1, True, "0", None):
            pin.back(step)
        st.session_state["second"] = len(pin.current().trail)

    app = _run(AppTest.from_function(script))
    assert app.session_state["first"] == ("sigmoid1", (0, 6, 8), "sigmoid1")
    assert app.session_state["second"] == 1


def test_pictures_of_every_odd_kind_are_walked_one_after_the_other() -> None:
    generator = np.random.default_rng(0)
    turned = Image.Exif()
    turned[0x0112] = 6
    odd = [
        (Image.new("RGB", (1, 1), "red"), "PNG", {}),
        (Image.new("RGB", (30, 5000), "red"), "PNG", {}),
        (Image.fromarray(generator.integers(0, 256, (9, 7, 4), dtype=np.uint8)), "PNG", {}),
        (Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", {}),
        (Image.fromarray(generator.integers(0, 65536, (9, 7), dtype=np.uint16)), "PNG", {}),
        (Image.new("RGB", (32, 16), "blue"), "JPEG", {"exif": turned}),
        (Image.new("RGB", (8, 8), "red"), "GIF", {"save_all": True, "append_images": [Image.new("RGB", (8, 8))]}),
    ]
    app = _open(image="upload")
    for picture, form, settings in odd:
        buffer = io.BytesIO()
        picture.save(buffer, form, **settings)
        app.file_uploader(key="upload").set_value(("odd", buffer.getvalue(), f"image/{form.lower()}"))
        _run(app)
        assert not app.error, (picture.mode, picture.size)
        assert _pin(app).shown is not None


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n broken", b"GIF89a" + b"\0" * 40, b"<svg/>"])
def test_a_file_that_is_no_picture_is_one_sentence_and_the_page_goes_on(data: bytes) -> None:
    app = _open(image="upload")
    app.file_uploader(key="upload").set_value(("holiday.png", data, "image/png"))
    _run(app)
    assert len(app.error) == 1
    assert _pin(app).shown is not None


def test_a_large_network_gives_its_colour_ranges_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activations, "_MOST_MACS", 0)
    fresh = ByteCache[activations.Overview](1 << 24, 4)  # none is kept from another test
    monkeypatch.setattr(activations, "_overviews", lambda: fresh)
    app = _open(layer="conv2")
    button = next(button for button in app.button if button.key == "ranges.ask")
    assert not fresh._held
    button.click()
    _run(app)
    (held,) = fresh._held.values()
    found = held.value
    layers = trace(build("lenet", device="meta"), (1, 28, 28)).layers
    assert set(found.ranges) == set(found.thumbnails) == {layer.name for layer in layers}
    assert not {"ranges.ask", "stop.ranges"} & {button.key for button in app.button}


def test_the_pass_for_the_colour_ranges_can_be_stopped_and_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_walk: object, tell: Callable[[float], None], _see: object) -> None:
        tell(0.5)
        st.stop()  # what a press does to the run

    monkeypatch.setattr(activations, "_MOST_MACS", 0)
    monkeypatch.setattr(activations, "value_ranges", interrupted)
    monkeypatch.setattr(heavy_work, "QUIET", -1.0)
    monkeypatch.setattr(heavy_work, "EVERY", -1.0)
    fresh = ByteCache[activations.Overview](1 << 24, 4)  # none is kept from another test
    monkeypatch.setattr(activations, "_overviews", lambda: fresh)
    app = _open(layer="conv2")
    app.button(key="ranges.ask").click()
    _run(app)
    app.button(key="stop.ranges").click()
    _run(app)
    assert "ranges.ask" in {button.key for button in app.button}
    assert not fresh._held
