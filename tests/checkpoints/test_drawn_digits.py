"""200 drawn and photographed digits are read right by the networks trained on MNIST."""

import os
from functools import cache

import pytest
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from cnnviz.checkpoints import CHECKPOINTS, Card, build_network
from cnnviz.data import dataset, read_upload
from cnnviz.data.digit_frame import DigitFrame
from cnnviz.data.handwriting import frame_handwriting
from cnnviz.models import load_model
from tests.data.drawn_digits import KINDS

CARDS = [card for card in CHECKPOINTS.values() if card.dataset in ("mnist", "digits")]
MNIST = [card for card in CARDS if card.dataset == "mnist"]
TOO_FEW = 0.9


def framed(image: Tensor, framing: DigitFrame) -> Tensor:
    """The digit in its frame; black where none is found."""
    found = frame_handwriting(image, framing).image
    return torch.zeros(1, framing.side, framing.side, dtype=torch.uint8) if found is None else found


@cache
def drawings(framing: DigitFrame) -> tuple[Tensor, Tensor]:
    """(200, 1, side, side) and the digits."""
    files = [file for kind in KINDS.values() for file in kind()]
    return (
        torch.stack([framed(read_upload(data).image, framing) for _, data in files]),
        torch.tensor([digit for digit, _ in files]),
    )


def read(card: Card, images: Tensor) -> Tensor:
    """The predicted classes (N,)."""
    with torch.inference_mode():
        return build_network(card)(load_model(card.name).batch_preparation()(images)).argmax(1)


@pytest.mark.parametrize("card", MNIST, ids=lambda card: card.name)
def test_at_least_90_in_100_drawn_digits_are_read_right(card: Card) -> None:
    framing = dataset(card.dataset).handwriting
    assert framing is not None
    images, digits = drawings(framing)
    right = (read(card, images) == digits).reshape(len(KINDS), -1).float().mean(1)
    assert len(images) == 200
    assert right.mean() >= TOO_FEW
    assert right.min() >= 0.8, dict(zip(KINDS, right.tolist(), strict=True))


@pytest.mark.datasets
@pytest.mark.parametrize("kind", ["dark on light", "grey paper"])
def test_mnist_s_own_images_survive_as_photographs(kind: str) -> None:
    """The first 1,000 test images, dark on light at 200×200, are read by the default network."""
    images = dataset("mnist").load("test", os.environ.get("CNNVIZ_DATA"), 1000, download=False)
    framing, generator = dataset("mnist").handwriting, torch.Generator().manual_seed(0)
    assert framing is not None
    photos = 255 - interpolate(images.images.float(), (200, 200), mode="bicubic").clamp(0, 255)
    if kind == "grey paper":
        noise = 4 * torch.randn(photos.shape, generator=generator)
        photos = 60 + photos * (150 - 60) / 255 + noise  # ink of 60 on paper of 150
    photos = photos.round().clamp(0, 255).to(torch.uint8)
    answers = read(MNIST[0], torch.stack([framed(photo, framing) for photo in photos]))
    assert (answers == images.labels).float().mean() >= 0.98
