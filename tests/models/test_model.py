"""A trained model answers alike in Python, on the command line and on the pages."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz.checkpoints import CHECKPOINTS, build_network
from cnnviz.cli.attribute_command import read_image
from cnnviz.cli.command import main
from cnnviz.data import SAMPLES, dataset
from cnnviz.errors import UserError
from cnnviz.models import ModelSpec, TrainedModel, load_model
from cnnviz.models.weights import WeightsRef
from cnnviz.text import LANGUAGES
from cnnviz.ui.inputs.image_choice import ImageChoice
from cnnviz.ui.inputs.prediction import cached_logits
from cnnviz.ui.pages.saliency.subject import SaliencyInput

SCALING = ((0.5,), (0.25,))


def _scaled(model: TrainedModel) -> TrainedModel:
    return replace(model, info=replace(model.info, scaling=SCALING))


@pytest.mark.parametrize("word", ["digits:3", "flower"])
def test_the_command_line_the_pages_and_python_prepare_an_image_alike(word: str, tmp_path: Path) -> None:
    model = load_model("alexnet-digits")
    image = model.prepare(read_image(word))
    out = tmp_path / "map.npz"
    assert main(["attribute", "alexnet-digits", word, "--method", "gradient", "--out", str(out)]) == 0
    torch.testing.assert_close(torch.from_numpy(np.load(out)["image"]), image)
    name, _, number = word.partition(":")
    choice = ImageChoice(name, int(number or 0), "crop")
    torch.testing.assert_close(SaliencyInput(model, choice).input(), image)
    with torch.no_grad():
        torch.testing.assert_close(cached_logits(model, choice), model.network()(image)[0])


def test_one_image_is_prepared_as_a_batch_of_the_test_set_is() -> None:
    images = dataset("digits").load("test", limit=4).images
    for model in (load_model("alexnet-digits"), _scaled(load_model("alexnet-digits"))):
        batch = model.batch_preparation()(images)
        torch.testing.assert_close(torch.cat([model.prepare(image) for image in images]), batch, atol=1e-5, rtol=1e-5)


def test_standardising_is_undone_exactly() -> None:
    model = _scaled(load_model("lenet-digits"))
    pixels = torch.rand(2, 1, 28, 28)
    torch.testing.assert_close(model.standardise(pixels), (pixels - 0.5) / 0.25)
    torch.testing.assert_close(model.unstandardise(model.standardise(pixels)), pixels)
    image = SAMPLES["digit"].load()
    torch.testing.assert_close(model.standardise(model.prepare(image, standardise=False)), model.prepare(image))


def test_probabilities_are_a_softmax_or_a_sigmoid_per_class() -> None:
    logits = torch.tensor([[0.3, -1.0, 2.0]])
    torch.testing.assert_close(load_model("lenet-digits").probabilities(logits), logits.softmax(1))
    several = next(card.name for card in CHECKPOINTS.values() if dataset(card.dataset).multi_label)
    assert load_model(several).multi_label
    torch.testing.assert_close(load_model(several).probabilities(logits), logits.sigmoid())


@pytest.mark.parametrize("language", LANGUAGES)
def test_classes_have_the_names_of_the_set_the_model_was_trained_on(language: str) -> None:
    entry = dataset("shapes-single")
    model = load_model("vgg-shapes-single")
    assert model.class_names(language) == [entry.class_name(index, language) for index in range(entry.num_classes)]
    untrained = TrainedModel(ModelSpec.of("lenet"))
    assert untrained.class_names(language) == list("0123456789")
    assert untrained.class_names(language, numbered=False) == []
    assert untrained.class_names(language, "digits", numbered=False) == list("0123456789")


@pytest.mark.parametrize("name", ["lenet-digits", "resnet-18-digits"])
def test_a_checkpoint_is_loaded_as_its_card_says(name: str) -> None:
    card, model = CHECKPOINTS[name], load_model(name)
    assert (model.info.dataset, model.accuracy, model.dataset) == (card.dataset, card.test_accuracy, dataset("digits"))
    network, image = model.network(), model.prepare(SAMPLES["digit"].load())
    assert not network.training
    with torch.no_grad():
        torch.testing.assert_close(network(image), build_network(card)(image))


def test_a_card_beside_its_weights_is_the_same_model_by_its_path() -> None:
    card = CHECKPOINTS["lenet-digits"]
    by_path = load_model(str(card.weights_path))
    image = SAMPLES["digit"].load()
    with torch.no_grad():
        network, other = by_path.network(), load_model(card.name).network()
        assert torch.equal(network(by_path.prepare(image)), other(by_path.prepare(image)))
    assert by_path.weights.name == card.name


@pytest.mark.parametrize("name", ["nonsense", "run:", "run:0123456789abcdef01234567", "nonsense.safetensors"])
def test_a_name_of_nothing_is_one_sentence(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    with pytest.raises(UserError) as caught:
        load_model(name)
    assert caught.value.key == "unknown_checkpoint"


def test_no_link_names_a_file_on_the_server() -> None:
    from cnnviz.models.sources.table import WEIGHT_SOURCES, parse_weights

    for text in ("/etc/passwd", "../checkpoints/lenet-digits.json", "file:0123456789abcdef:/etc/passwd", "run:/tmp"):
        assert parse_weights(text).path is None
    assert WeightsRef().path is None
    assert set(WEIGHT_SOURCES) == {"checkpoint", "run", "imagenet", "untrained", "file", "own", "own-file"}


def test_models_of_the_same_network_and_weights_are_one_key_of_a_cache() -> None:
    model = load_model("lenet-digits")
    assert hash(_scaled(model)) == hash(model)
    assert repr(_scaled(model)) == repr(model)
    assert {model: 1}[load_model("lenet-digits")] == 1
