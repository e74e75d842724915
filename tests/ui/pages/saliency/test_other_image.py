"""The baseline that is another image of the set that the network learned, there or not."""

import pytest
import torch

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.data import dataset
from cnnviz.data.handwriting import prepare_handwriting
from cnnviz.models import load_model
from cnnviz.ui.inputs.image_choice import ImageChoice
from cnnviz.ui.pages.saliency.map_request import OTHER, BaselineChoice
from cnnviz.ui.pages.saliency.subject import SaliencyInput

FLOWER = ImageChoice("flower", 0, "crop")


def _subject(name: str) -> SaliencyInput:
    return SaliencyInput(load_model(name), FLOWER)


@pytest.fixture(autouse=True)
def _no_downloads(tmp_path, monkeypatch) -> None:
    for name in ("CNNVIZ_DATA", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))


@pytest.mark.parametrize("name", [card.name for card in CHECKPOINTS.values() if card.dataset == "mnist"])
def test_without_mnist_a_digit_of_scikit_learn_stands_in_framed_alike(name: str) -> None:
    digit, framing = dataset("digits").load("test", limit=3).images[2], dataset("mnist").handwriting
    assert framing is not None
    expected = prepare_handwriting(digit, (1, 28, 28), framing).tensor[0]
    assert torch.equal(BaselineChoice(OTHER, 2).image(_subject(name), 0), expected)


def test_without_fashion_mnist_a_digit_stands_in() -> None:
    assert BaselineChoice(OTHER, 2).image(_subject("lenet-fashion_mnist"), 0).shape == (1, 28, 28)
