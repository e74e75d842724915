"""What the page says of a test image is what `evaluate` counts."""

from collections import Counter
from io import BytesIO

import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.checkpoints import CHECKPOINTS, build_network, checkpoint
from cnnviz.data import dataset, prepare
from cnnviz.data.ground import light_border
from cnnviz.data.image_set import ImageSet
from cnnviz.text.numbers import percent
from cnnviz.train.config import TrainConfig
from cnnviz.train.evaluation import evaluate
from cnnviz.train.machine import settle
from cnnviz.train.prepare import Preparation
from cnnviz.ui.network import cached_network
from cnnviz.ui.origin import origin
from cnnviz.ui.picture import PictureChoice, true_classes
from cnnviz.ui.prediction import scores
from cnnviz.ui.weights import Weights

COUNT = 60
EXACT = TrainConfig(device="cpu", precision="float32")
ON_DIGITS = [card.name for card in CHECKPOINTS.values() if card.dataset == "digits" and card.macs < 3e6]


@pytest.mark.parametrize("name", ON_DIGITS)
def test_the_pages_predictions_are_those_that_evaluate_counts(name: str) -> None:
    card, weights = checkpoint(name), Weights("checkpoint", name)
    network = origin(weights).network
    assert network is not None
    pictures = [PictureChoice("digits", number, "crop") for number in range(COUNT)]
    logits = torch.stack([scores(network, weights, picture) for picture in pictures])
    counted = Counter(
        (true_classes(picture)[0], int(row.argmax())) for picture, row in zip(pictures, logits, strict=True)
    )

    images = dataset("digits").load("test", limit=COUNT)
    model, preparation = build_network(card), Preparation(card.input_shape[1])
    with torch.no_grad():
        torch.testing.assert_close(logits, model(preparation(images.images)), rtol=1e-4, atol=1e-4)
    found = evaluate(model, ImageSet(images.images, images.labels), preparation, settle(EXACT, model))
    assert found is not None
    assert {
        (label, said): count for label, row in enumerate(found.confusion) for said, count in enumerate(row) if count
    } == dict(counted)


def test_the_shared_network_can_still_be_asked_for_gradients() -> None:
    weights = Weights("checkpoint", "lenet-digits")
    network = origin(weights).network
    assert network is not None
    scores(network, weights, PictureChoice("digits", 0, "crop"))
    image = torch.rand(1, 1, 28, 28, requires_grad=True)
    cached_network(network, weights)(image).sum().backward()
    assert image.grad is not None


def _script() -> None:
    import streamlit as st

    from cnnviz.ui import address, picture
    from cnnviz.ui.choose import choose_network
    from cnnviz.ui.prediction import say_prediction

    address.arrive("page", "walkthrough")
    chosen = choose_network()
    named = picture.pick_picture(chosen.network.input_shape[0], chosen.origin.dataset)
    image, _ = picture.prepare_picture(named, chosen.network.input_shape, chosen.origin, st.container())
    say_prediction(chosen, image)


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
        shares = build_network(checkpoint("lenet-digits"))(Preparation(28)(image.images))[0].softmax(0)
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
    numbers = [n for n in range(20) if len(true_classes(PictureChoice("shapes", n, "crop")) or ()) == 2]
    said = _said(weights="resnet-18-shapes", image="shapes", n=str(numbers[0]))
    names = [dataset("shapes").class_name(k) for k in true_classes(PictureChoice("shapes", numbers[0], "crop"))]
    assert said.endswith(f"**{', '.join(names)}**")
    assert said.count("%") >= 1


def _png(image: torch.Tensor) -> bytes:
    file = BytesIO()
    Image.fromarray(image[0].numpy()).save(file, "PNG")
    return file.getvalue()


def test_a_digit_on_white_paper_gets_a_word_and_its_negative_the_answer_of_the_digit() -> None:
    digit = dataset("digits").load("test", limit=5).images[4]
    app = AppTest.from_function(_script, default_timeout=60)
    app.query_params["image"] = "upload"
    app.run()
    assert not app.warning
    answers = []
    for image in (digit, 255 - digit):
        app.file_uploader(key="upload").set_value(("mine.png", _png(image), "image/png"))
        app.run()
        answers.append(app.markdown[0].value)
    said = percent(float(light_border(prepare(255 - digit, (1, 28, 28)).fitted[None])))
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
