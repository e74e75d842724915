"""A drawing is the same in a link, in the session and as an image."""

import re

import numpy as np
import pytest
import torch

from cnnviz.checkpoints import CHECKPOINTS, Card, build_network
from cnnviz.data import dataset
from cnnviz.data.handwriting import frame_handwriting
from cnnviz.data.pen_drawing import EXAMPLE_DIGITS, MOST_POINTS, PEN, SCALE, SIDE, PenDrawing
from cnnviz.models import load_model

MNIST = [card for card in CHECKPOINTS.values() if card.dataset == "mnist"]


def test_a_drawing_survives_its_text() -> None:
    drawing = PenDrawing((((0, 63), (12, 5)), ((40, 41),)))
    assert drawing.format() == "0_C5.ef"
    assert PenDrawing.parse(drawing.format()) == drawing
    assert PenDrawing.parse("") == PenDrawing()


@pytest.mark.parametrize("text", [".", "0", "00.", "0é", "00..00", "0 0", "<b>0", "00" * (MOST_POINTS + 1)])
def test_a_text_that_is_no_drawing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        PenDrawing.parse(text)


def test_a_line_is_as_wide_as_the_pen_with_round_ends() -> None:
    image = PenDrawing((((32, 10), (32, 50)),)).image()[0].numpy().astype(float) / 255
    assert image.shape == (SIDE * SCALE, SIDE * SCALE)
    assert image[60 * SCALE // 2].sum() == pytest.approx(PEN * SCALE, abs=0.3)  # a row through its middle
    area = PEN * SCALE * 40 * SCALE + np.pi * (PEN * SCALE / 2) ** 2
    assert image.sum() == pytest.approx(area, rel=0.02)
    assert np.average(np.arange(image.shape[1]), weights=image.sum(0)) == pytest.approx(32.5 * SCALE - 0.5, abs=0.3)


def test_nothing_drawn_is_black() -> None:
    assert not PenDrawing().image().any()


@pytest.mark.parametrize("card", MNIST, ids=lambda card: card.name)
def test_every_example_is_read_as_its_digit(card: Card) -> None:
    framing = dataset("mnist").handwriting
    assert framing is not None
    framed = [frame_handwriting(example.image(), framing).image for example in EXAMPLE_DIGITS]
    with torch.inference_mode():
        logits = build_network(card)(
            load_model(card.name).batch_preparation()(torch.stack([one for one in framed if one is not None]))
        )
    assert logits.argmax(1).tolist() == list(range(10))
