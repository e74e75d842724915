"""A network of the user's own is a model like the others, with its own weights or with those of a seed."""

from pathlib import Path

import pytest
import torch

from cnnviz.definitions import NetworkDefinition, build, parse_pytorch, to_json
from cnnviz.definitions.weights_form import (
    METADATA,
    TRAINING,
    TrainingNote,
    definition_in,
    has_definition,
    to_safetensors,
)
from cnnviz.errors import UserError
from cnnviz.models import ModelSpec, TrainedModel, load_model
from cnnviz.models.sources.own import own_file_weights, own_weights
from cnnviz.models.sources.table import format_weights, parse_weights
from cnnviz.models.weights import WeightsRef
from cnnviz.text import LANGUAGES, load
from cnnviz.trace import trace
from cnnviz.trace.source import to_pytorch
from cnnviz.zoo import build as build_zoo
from tests.definitions.small_network import SMALL_NETWORK

SHAPE = (1, 28, 28)


def own() -> NetworkDefinition:
    return parse_pytorch(SMALL_NETWORK, SHAPE)


def test_a_spec_carries_the_network_through_its_link() -> None:
    spec = ModelSpec.own(own())
    assert (spec.architecture, spec.input_shape, spec.num_classes) == ("own", SHAPE, 10)
    assert ModelSpec.from_url(spec.to_url()) == spec
    assert spec.trace().num_params == 40 + 6770
    assert spec.has_tensors_of(ModelSpec.own(own()))
    assert not spec.has_tensors_of(ModelSpec.of("lenet"))


def test_the_python_that_leaves_a_page_makes_the_same_network() -> None:
    spec = ModelSpec.own(own())
    space: dict[str, object] = {}
    exec(compile(f"{spec.python_import}\n{spec.python(seed=4)}", "script", "exec"), space)
    image = torch.rand(1, *SHAPE)
    with torch.no_grad():
        torch.testing.assert_close(space["model"](image), spec.build(seed=4)(image))  # type: ignore[operator]


def test_weights_of_a_seed_are_named_by_the_link_of_their_network() -> None:
    model = TrainedModel.of(own_weights(own(), seed=2))
    assert parse_weights(format_weights(model.weights)).name == model.weights.name
    assert model.to_url()["seed"] == "2"
    image = torch.rand(1, *SHAPE)
    torch.testing.assert_close(model.network()(image), build(own(), seed=2)(image))
    assert load_model(format_weights(own_weights(own()))).spec == ModelSpec.own(own())
    assert load_model("untrained", ModelSpec.own(own())).network()(image).shape == (1, 10)


def test_a_network_too_long_for_a_link_is_kept_for_its_owner() -> None:
    model = build_zoo("resnet", {"form": "torchvision", "depth": 152}, (3, 32, 32), device="meta")
    definition = parse_pytorch(to_pytorch(model, trace(model, (3, 32, 32))))
    weights = own_weights(definition, "me")
    spec = TrainedModel.of(parse_weights(format_weights(weights))).spec
    assert spec.definition is not None
    assert ModelSpec.from_url(spec.to_url()) == spec
    with pytest.raises(UserError, match="no longer"):
        ModelSpec.from_url({"net": "own", "own": "0" * 64})


def test_a_file_with_its_network_brings_both_back(tmp_path: Path) -> None:
    network = build(own(), seed=5)
    data = to_safetensors(own(), network.state_dict())
    assert has_definition(data)
    assert definition_in(data) == own()
    image = torch.rand(2, *SHAPE)
    stored = TrainedModel.of(own_file_weights(data, "me"))
    torch.testing.assert_close(stored.network()(image), network(image))
    path = tmp_path / "net.safetensors"
    path.write_bytes(data)
    torch.testing.assert_close(load_model(str(path)).network()(image), network(image))


@pytest.mark.parametrize(
    "said",
    [
        "nothing",
        "[]",
        '{"dataset": 3}',
        '{"dataset": "no set of anyone"}',
        '{"dataset": "shapes"}',  # of four classes, and the network has ten
        '{"dataset": "cifar10"}',  # in colour, and the network reads grey
        '{"dataset": "digits", "accuracy": 1.5}',
        '{"dataset": "digits", "accuracy": "high"}',
        '{"dataset": "digits", "accuracy": NaN}',
        '{"dataset": "digits", "scaling": [[0.5, 0.5], [1, 1]]}',
        '{"dataset": "digits", "scaling": [[0.5], [0]]}',
        "[" * 100_000,
    ],
)
def test_of_a_training_that_cannot_be_nothing_is_said(said: str) -> None:
    from safetensors.torch import save

    state = {name: tensor.contiguous() for name, tensor in build(own()).state_dict().items()}
    data = save(state, {METADATA: to_json(own()), TRAINING: said})
    model = TrainedModel.of(own_file_weights(data, "me"))
    assert (model.info.dataset, model.info.accuracy, model.scaling) == ("", None, None)
    assert "trained on" not in model.source.describe(model.weights, model.info, load("weights", "en"))


def test_a_file_says_what_it_was_trained_on_in_every_language() -> None:
    note = TrainingNote("fashion_mnist", 0.912)
    model = TrainedModel.of(own_file_weights(to_safetensors(own(), build(own()).state_dict(), note), "me"))
    for language in LANGUAGES:
        said = model.source.describe(model.weights, model.info, load("weights", language))
        assert "Fashion-MNIST" in said
        assert "91.2%" in said


def test_files_that_are_none_are_refused_in_a_sentence() -> None:
    from safetensors.torch import save

    data = to_safetensors(own(), build(own()).state_dict())
    for broken in (
        save({"a": torch.zeros(1)}),
        save({"a": torch.zeros(1)}, {"cnnviz.network": "{}"}),
        save({"conv.weight": torch.zeros(1)}, {"cnnviz.network": __import__("json").dumps([])}),
        data[:-3],
        b"",
    ):
        with pytest.raises(UserError):
            own_file_weights(broken)
    with pytest.raises(UserError):
        TrainedModel.of(WeightsRef("own", "0" * 64))
    for text in ("own:", "own:a b", "own:" + "a" * 7000):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_weights(text)


def test_a_network_without_scores_is_refused() -> None:
    with pytest.raises(UserError, match="row of scores"):
        ModelSpec.own(parse_pytorch("net = nn.Sequential(nn.Conv2d(1, 2, 3))", SHAPE))
