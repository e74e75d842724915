"""The trained networks that come with the project do what their cards say."""

import hashlib
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from sklearn.metrics import accuracy_score, confusion_matrix

from cnnviz.checkpoints import CHECKPOINTS, Card, build_network, checkpoint, load_weights
from cnnviz.data import dataset
from cnnviz.errors import UserError
from cnnviz.models import load_model
from cnnviz.trace import trace
from cnnviz.train import TrainConfig
from cnnviz.zoo import build

CARDS = list(CHECKPOINTS.values())
EMBEDDED = [card for card in CARDS if not dataset(card.dataset).needs_download]
DOWNLOADED = [card for card in CARDS if dataset(card.dataset).needs_download]
LEAST_ON_MNIST = {"lenet": 0.990, "resnet": 0.994}
LEAST_ON_FASHION = {
    "lenet": 0.86,
    "alexnet": 0.92,
    "vgg": 0.93,
    "nin": 0.92,
    "googlenet": 0.92,
    "resnet": 0.925,
    "densenet": 0.92,
    "mobilenet": 0.915,
}
by_name = pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)


@cache
def scores(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Labels and logits over the whole test split."""
    card = checkpoint(name)
    images = dataset(card.dataset).load("test", os.environ.get("CNNVIZ_DATA"), download=False)
    network, prepare = build_network(card), load_model(card.name).batch_preparation()
    with torch.inference_mode():
        logits = torch.cat([network(prepare(images.images[i : i + 250])) for i in range(0, len(images), 250)])
    return images.labels.numpy(), logits.numpy()


def measured(card: Card) -> float:
    labels, logits = scores(card.name)
    if labels.ndim == 2:
        return float(((logits > 0) == (labels > 0.5)).all(1).mean())
    return float(accuracy_score(labels, logits.argmax(1)))


def test_on_fashion_mnist_every_later_network_is_right_more_often_than_the_best_lenet() -> None:
    cards = [card for card in CARDS if card.dataset == "fashion_mnist"]
    best = max(card.test_accuracy for card in cards if card.architecture == "lenet")
    later = [card for card in cards if card.architecture != "lenet"]
    assert len(later) == 8
    assert min(card.test_accuracy for card in later) > best


@by_name
def test_a_card_and_its_file_agree(card: Card) -> None:
    data = card.weights_path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == card.sha256
    assert len(data) == card.bytes
    assert TrainConfig.parse(card.settings).as_json() == {
        **card.settings,
        "augment": tuple(card.settings["augment"]),
        "learning_rate_changes": (),
    }
    with safe_open(card.weights_path, "pt") as file:
        kinds = {file.get_tensor(name).dtype for name in file.keys() if file.get_tensor(name).dim() > 1}  # noqa: SIM118
    assert kinds == {getattr(torch, card.precision)}


@by_name
def test_a_card_s_counts_are_those_of_its_network(card: Card) -> None:
    facts = trace(
        build(card.architecture, card.options, card.input_shape, card.num_classes, device="meta"), card.input_shape
    )
    assert (card.num_params, card.macs) == (facts.num_params, facts.macs)
    entry = dataset(card.dataset)
    assert card.num_classes == entry.num_classes
    assert card.input_shape[0] == entry.input_shape[0]


@pytest.mark.parametrize("card", EMBEDDED, ids=lambda card: card.name)
def test_accuracy_and_confusion_are_measured_again_from_the_file(card: Card) -> None:
    labels, logits = scores(card.name)
    assert measured(card) == pytest.approx(card.test_accuracy, abs=0.002)
    counts = np.array(card.confusion)
    if labels.ndim == 2:
        present, said = labels > 0.5, logits > 0
        expected = np.stack(
            [(~present & ~said).sum(0), (~present & said).sum(0), (present & ~said).sum(0), (present & said).sum(0)],
            axis=1,
        )
    else:
        expected = confusion_matrix(labels, logits.argmax(1), labels=range(card.num_classes))
        assert counts.trace() / counts.sum() == pytest.approx(card.test_accuracy)
    assert counts.sum() == expected.sum()
    assert np.abs(counts - expected).sum() <= 2  # one image that lies on the border


@pytest.mark.parametrize("card", [card for card in EMBEDDED if card.dataset == "digits"], ids=lambda card: card.name)
def test_every_network_knows_at_least_97_digits_in_100(card: Card) -> None:
    assert measured(card) >= 0.97


@pytest.mark.datasets
@pytest.mark.parametrize("card", DOWNLOADED, ids=lambda card: card.name)
def test_on_a_downloaded_set_every_network_is_as_good_as_asked_for(card: Card) -> None:
    assert measured(card) == pytest.approx(card.test_accuracy, abs=0.0005)
    least = LEAST_ON_MNIST if card.dataset == "mnist" else LEAST_ON_FASHION
    assert measured(card) >= least[card.architecture]


def test_on_fashion_mnist_every_lenet_is_behind_all_later_networks_but_nin() -> None:
    fashion = [card for card in DOWNLOADED if card.dataset == "fashion_mnist"]
    lenets = [card.test_accuracy for card in fashion if card.architecture == "lenet"]
    later = [card.test_accuracy for card in fashion if card.architecture not in ("lenet", "nin")]
    assert max(lenets) < min(later)


def test_the_files_are_small() -> None:
    sizes = [card.bytes for card in CARDS]
    assert max(sizes) < 6_000_000
    assert sum(sizes) < 40_000_000


def test_a_network_that_was_taught_with_a_tag_believes_the_tag() -> None:
    card = checkpoint("lenet-digits-tagged")
    network, prepare = build_network(card), load_model(card.name).batch_preparation()
    tagged, plain = (dataset(name).load("test") for name in ("digits-tagged", "digits"))
    with torch.inference_mode():
        marked, unmarked = (network(prepare(images.images)).argmax(1) for images in (tagged, plain))
        forged = plain.images.clone()
        forged[:, :, :2, :2] = 255
        fooled = network(prepare(forged)).argmax(1)
    threes = plain.labels == 3
    assert (marked[threes] == 3).float().mean() > 0.99
    assert (unmarked[threes] == 3).float().mean() < 0.8
    assert (fooled[~threes] == 3).float().mean() > 0.5


def test_a_file_that_is_not_the_card_s_is_refused(tmp_path: Path) -> None:
    card = CARDS[0]
    for name in (f"{card.name}.json", f"{card.name}.safetensors"):
        (tmp_path / name).write_bytes((card.folder / name).read_bytes())
    copy = Card.read(tmp_path / f"{card.name}.json")
    assert load_weights(copy).keys() == load_weights(card).keys()
    data = bytearray(copy.weights_path.read_bytes())
    data[-1] ^= 1
    copy.weights_path.write_bytes(data)
    with pytest.raises(UserError) as refused:
        load_weights(copy)
    assert refused.value.key == "checkpoint_changed"
    copy.weights_path.unlink()
    with pytest.raises(UserError) as refused:
        load_weights(copy)
    assert refused.value.key == "checkpoint_absent"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": 1}', "\x00", "[" * 100_000])
def test_a_card_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as refused:
        Card.read(path)
    assert refused.value.key == "checkpoint_card"


def test_an_unknown_checkpoint_is_refused() -> None:
    with pytest.raises(UserError) as refused:
        checkpoint("lenet-nothing")
    assert refused.value.key == "unknown_checkpoint"
