"""What the page says of a test image is what `evaluate` counts."""

from collections import Counter
from io import BytesIO

import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.checkpoints import CHECKPOINTS, build_network, checkpoint, checkpoints_of
from cnnviz.data import dataset, prepare
from cnnviz.data.image_set import ImageSet
from cnnviz.data.polarity import light_border_share
from cnnviz.models import load_model
from cnnviz.text import load
from cnnviz.text.numbers import percent
from cnnviz.train.batch_preparation import BatchPreparation
from cnnviz.train.config import TrainConfig
from cnnviz.train.evaluation import evaluate
from cnnviz.train.machine import resolve_machine
from cnnviz.ui.inputs.image_choice import ImageChoice, true_classes
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.ui.inputs.prediction import cached_logits

COUNT = 60
EXACT = TrainConfig(device="cpu", precision="float32")
ON_DIGITS = [card.name for card in CHECKPOINTS.values() if card.dataset == "digits" and card.macs < 3e6]


@pytest.mark.parametrize("name", ON_DIGITS)
def test_the_pages_predictions_are_those_that_evaluate_counts(name: str) -> None:
    card, trained = checkpoint(name), load_model(name)
    pictures = [ImageChoice("digits", number, "crop") for number in range(COUNT)]
    logits = torch.stack([cached_logits(trained, picture) for picture in pictures])
    counted = Counter(
        (true_classes(picture)[0], int(row.argmax())) for picture, row in zip(pictures, logits, strict=True)
    )

    images = dataset("digits").load("test", limit=COUNT)
    model, preparation = build_network(card), BatchPreparation(card.input_shape[1])
    with torch.no_grad():
        torch.testing.assert_close(logits, model(preparation(images.images)), rtol=1e-4, atol=1e-4)
    found = evaluate(model, ImageSet(images.images, images.labels), preparation, resolve_machine(EXACT, model))
    assert found is not None
    assert {
        (label, said): count for label, row in enumerate(found.confusion) for said, count in enumerate(row) if count
    } == dict(counted)


def test_the_shared_network_can_still_be_asked_for_gradients() -> None:
    model = load_model("lenet-digits")
    cached_logits(model, ImageChoice("digits", 0, "crop"))
    image = torch.rand(1, 1, 28, 28, requires_grad=True)
    cached_network(model)(image).sum().backward()
    assert image.grad is not None


ON_MNIST = next(card.name for card in checkpoints_of("lenet") if card.dataset == "mnist")


def _script() -> None:
    import streamlit as st

    from cnnviz.ui.core import url_state
    from cnnviz.ui.inputs import image_picker
    from cnnviz.ui.inputs.model_picker import select_model
    from cnnviz.ui.inputs.prediction import draw_prediction

    url_state.arrive("page", "walkthrough")
    if st.session_state.get("elsewhere"):
        return
    model = select_model()
    image, _ = image_picker.fit_image(image_picker.select_image(model), model, st.container())
    draw_prediction(model, image)


def _said(**query: str) -> str:
    app = AppTest.from_function(_script, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app.markdown[0].value if app.markdown else ""


def test_the_line_names_the_class_its_share_and_the_truth() -> None:
    said = _said()
    image = dataset("digits").load("test", limit=1)
    with torch.no_grad():
        shares = build_network(checkpoint("lenet-digits"))(BatchPreparation(28)(image.images))[0].softmax(0)
    assert f"**{int(shares.argmax())}** ({percent(float(shares.max()))})" in said
    assert said.endswith(f"**{int(image.labels[0])}**")
    assert said.startswith(":material/check_circle:")


def test_an_older_link_to_a_digit_is_the_same_test_image() -> None:
    assert _said(image="digit", n="7") == _said(image="digits", n="7")


def test_a_foreign_image_has_no_true_class_and_an_untrained_network_says_nothing() -> None:
    assert "true class" not in _said(image="flower")
    assert _said(weights="untrained") == "True class: **0**"
    assert _said(weights="untrained", image="flower") == ""


@pytest.mark.skipif("resnet-18-shapes" not in CHECKPOINTS, reason="needs the checkpoint on shapes")
def test_a_network_for_several_classes_names_all_that_it_sees() -> None:
    numbers = [n for n in range(20) if len(true_classes(ImageChoice("shapes", n, "crop")) or ()) == 2]
    said = _said(weights="resnet-18-shapes", image="shapes", n=str(numbers[0]))
    names = [dataset("shapes").class_name(k) for k in true_classes(ImageChoice("shapes", numbers[0], "crop"))]
    assert said.endswith(f"**{', '.join(names)}**")
    assert said.count("%") >= 1


def _png(image: torch.Tensor) -> bytes:
    file = BytesIO()
    Image.fromarray(image[0].numpy()).save(file, "PNG")
    return file.getvalue()


def _uploading(**query: str) -> AppTest:
    app = AppTest.from_function(_script, default_timeout=60)
    for name, value in {"image": "upload", **query}.items():
        app.query_params[name] = value
    app.run()
    return app


def test_of_an_image_as_it_is_light_and_dark_can_be_swapped() -> None:
    digit = dataset("digits").load("test", limit=5).images[4]
    app = _uploading(weights="lenet-digits", handwriting="0")
    assert not app.warning
    answers = []
    for image in (digit, 255 - digit):
        app.file_uploader(key="upload").set_value(("mine.png", _png(image), "image/png"))
        app.run()
        answers.append(app.markdown[0].value)
    said = percent(float(light_border_share(prepare(255 - digit, (1, 28, 28)).fitted[None])))
    assert f"dark on light ({said} of its border is light)" in app.warning[0].value
    app.toggle(key="negative").set_value(True)
    app.run()
    assert app.query_params["negative"] == "1"
    assert app.markdown[0].value == answers[0] != answers[1]
    assert not app.warning
    app.selectbox(key="image").set_value("flower")
    app.run()
    assert "negative" not in app.query_params
    assert not app.toggle


def test_an_older_link_to_a_negative_keeps_the_image_as_it_is() -> None:
    app = _uploading(weights="lenet-digits", negative="1")
    app.file_uploader(key="upload").set_value(("mine.png", _png(_bar()), "image/png"))
    app.run()
    assert (app.toggle(key="handwriting").value, app.toggle(key="negative").value) == (False, True)
    assert app.query_params["handwriting"] == "0"


def test_a_digit_of_one_s_own_is_prepared_as_handwriting_unless_switched_off() -> None:
    app = _uploading(net="lenet")
    app.file_uploader(key="upload").set_value(("mine.png", _png(_bar()), "image/png"))
    app.run()
    assert app.session_state["weights"] == ON_MNIST  # of those that learned handwriting, with the finest images
    assert "**1**" in app.markdown[0].value
    assert not app.warning
    app.toggle(key="handwriting").set_value(False)
    app.run()
    assert app.query_params["handwriting"] == "0"
    assert app.warning  # dark on light, as it came
    app.selectbox(key="image").set_value("digits")
    app.run()
    assert app.session_state["weights"] == "lenet-digits"  # nobody chose: what suits the image
    assert "handwriting" not in app.query_params


def test_chosen_weights_stay_for_an_image_of_one_s_own() -> None:
    app = _uploading(weights="lenet-max-digits")
    app.file_uploader(key="upload").set_value(("mine.png", _png(_bar()), "image/png"))
    app.run()
    assert app.session_state["weights"] == "lenet-max-digits"
    assert app.toggle(key="handwriting").value is True


def test_an_image_of_one_s_own_is_kept_on_the_way_to_another_page_until_it_is_removed() -> None:
    app = _uploading(net="lenet")
    app.file_uploader(key="upload").set_value(("mine.png", _png(_bar()), "image/png"))
    app.run()
    said = app.markdown[0].value
    assert app.query_params["image"] == "upload"
    app.session_state["elsewhere"] = True
    app.run()
    app.session_state["elsewhere"] = False
    app.run()
    assert app.markdown[0].value == said
    assert load("picture")("upload.kept") in [caption.value for caption in app.caption]
    app.file_uploader(key="upload").set_value(("other.png", _png(255 - _bar()), "image/png"))
    app.run()
    assert load("picture")("upload.kept") not in [caption.value for caption in app.caption]
    app.file_uploader(key="upload").set_value([])
    app.run()
    assert load("picture")("upload.waiting") in [told.value for told in app.info]


def test_two_digits_and_an_empty_sheet_are_doubted() -> None:
    app = _uploading(net="lenet")
    two = _bar()
    two[:, 20:80, 80:88] = 0
    for image, key in ((two, "several_figures"), (torch.full((1, 50, 50), 255, dtype=torch.uint8), "no_ink")):
        app.file_uploader(key="upload").set_value((f"{key}.png", _png(image), "image/png"))
        app.run()
        assert load("data")(f"step.{key}") in [warning.value for warning in app.warning]


def test_a_digit_of_scikit_learn_is_framed_for_a_network_of_mnist() -> None:
    app = AppTest.from_function(_script, default_timeout=60)
    app.query_params.update({"weights": ON_MNIST, "image": "digits", "n": "3"})
    app.run()
    assert not app.exception
    assert app.toggle(key="handwriting").value is True


def _bar() -> torch.Tensor:
    """A thick 1 on white paper."""
    image = torch.full((1, 100, 100), 255, dtype=torch.uint8)
    image[:, 15:85, 45:54] = 0
    return image
