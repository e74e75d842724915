"""A network by its options: the same in a link, on the command line and in Python."""

import pytest
import torch

from cnnviz.cli.network_argument import parse_network
from cnnviz.errors import UserError
from cnnviz.models import ModelSpec
from cnnviz.text import LANGUAGES
from cnnviz.zoo import ARCHITECTURES


def _forms() -> list[ModelSpec]:
    """Every architecture with each choice of each of its options, as far as these can stand alone."""
    specs = []
    for name, entry in ARCHITECTURES.items():
        specs += [ModelSpec.of(name), ModelSpec.of(name, size=96, channels=3, num_classes=7)]
        for option in entry.options:
            for choice in option.choices:
                try:
                    specs.append(ModelSpec.of(name, {option.name: choice}))
                except UserError:  # needs another option too
                    continue
    return specs


def test_a_link_brings_every_form_of_every_network_back() -> None:
    specs = _forms()
    assert len(set(specs)) > 40
    for spec in specs:
        assert ModelSpec.from_url(spec.to_url()) == spec


def test_the_command_line_calls_a_network_as_links_do() -> None:
    spec = ModelSpec.of("lenet", {"pool": "max"}, size=40, num_classes=3)
    assert spec.to_url() == {"net": "lenet", "lenet.pool": "max", "lenet.size": "40", "lenet.classes": "3"}
    assert parse_network("lenet pool=max size=40 classes=3") == spec


@pytest.mark.parametrize(
    "query",
    [
        {"net": "nonsense"},
        {"net": "lenet", "lenet.nonsense": "1"},
        {"net": "lenet", "lenet.pool": "nonsense"},
        {"net": "lenet", "lenet.size": "0"},
        {"net": "lenet", "lenet.size": "²"},
        {"net": "lenet", "lenet.size": "99999"},
        {"net": "lenet", "lenet.classes": "-1"},
    ],
)
def test_a_link_that_names_no_network_is_a_sentence(query: dict[str, str]) -> None:
    with pytest.raises(UserError) as caught:
        ModelSpec.from_url(query)
    assert all(caught.value.describe(language) for language in LANGUAGES)


def test_the_facts_of_a_network_are_computed_once_and_its_weights_by_seed() -> None:
    spec = ModelSpec.of("lenet")
    assert spec.trace() is ModelSpec.of("lenet").trace()
    assert spec.trace().num_params == sum(parameter.numel() for parameter in spec.build().parameters())
    assert torch.equal(spec.build(seed=3).fc3.weight, spec.build(seed=3).fc3.weight)
    assert not torch.equal(spec.build(seed=3).fc3.weight, spec.build(seed=4).fc3.weight)


def test_weights_fit_where_every_tensor_has_its_name_and_shape() -> None:
    spec = ModelSpec.of("lenet")
    assert spec.has_tensors_of(ModelSpec.of("lenet", {"activation": "relu"}))
    assert not spec.has_tensors_of(ModelSpec.of("lenet", num_classes=11))
    assert not spec.has_tensors_of(ModelSpec.of("nin"))
