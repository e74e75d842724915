"""What holds of every method: the table, seeds, refusals, and words for what cannot be explained."""

import pytest
import torch
from torch import nn

from cnnviz.attribution import METHODS, Target, find_method, list_layers, suggest_layer
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES, load
from cnnviz.zoo import build

DESIGN = [
    "gradient",
    "input-x-gradient",
    "smoothgrad",
    "integrated-gradients",
    "gradient-shap",
    "deeplift",
    "deeplift-shap",
    "guided-backprop",
    "deconvolution",
    "grad-cam",
    "guided-grad-cam",
    "hirescam",
    "occlusion",
    "feature-ablation",
    "kernel-shap",
    "conductance",
    "neuron-gradient",
]


FEWER = {"kernel-shap": {"samples": 32}}
"""Fewer than by default, where each takes long."""


def ask(name, network, image, target=None, **settings):
    settings.setdefault("options", FEWER.get(name))
    if METHODS[name].needs_layer:
        settings.setdefault("layer", "relu3")
    return METHODS[name].attribute(network, image, target or Target(1), **settings)


def refused(key, *words, **settings):
    with pytest.raises(UserError) as error:
        ask(*words, **settings)
    assert error.value.key == key
    return error.value


def test_the_table_holds_the_methods_of_the_design():
    assert list(METHODS) == DESIGN
    with pytest.raises(UserError):
        find_method("lrp")


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_method_says_what_it_is(name, language):
    entry = METHODS[name]
    said = [entry.describe(fact, language) for fact in ("title", "idea", "colours", "limits")]
    words = load("attribution", language)
    said += [words(f"option.{option.name}.{fact}") for option in entry.options for fact in ("label", "help")]
    said += [words(f"choice.{choice}") for option in entry.options for choice in option.choices]
    assert all(said)
    assert not any("looks at" in sentence for sentence in said)


@pytest.mark.parametrize("name", METHODS)
def test_a_map_has_the_declared_shape_and_repeats_from_its_record(networks, name):
    network, image = networks.residual(), networks.picture()
    told = []
    found = ask(name, network, image, seed=5, progress=lambda done, of: told.append(done / of))
    assert found.values.dtype == torch.float32
    assert tuple(found.values.shape) == ((8, 8) if METHODS[name].kind == "layer" else (1, 8, 8))
    assert found.flat().shape == (8, 8)
    assert told == sorted(told) or max(told) <= 1
    again = ask(name, network, image, seed=found.seed, options=found.options, layer=found.layer)
    assert torch.equal(found.values, again.values)
    other = ask(name, network, image, seed=6)
    assert torch.equal(found.values, other.values) != METHODS[name].stochastic
    if name != "neuron-gradient":
        assert found.output == pytest.approx(float(network(image)[0, 1]), abs=1e-5)


@pytest.mark.parametrize("name", METHODS)
def test_four_images_in_turn_are_four_single_ones(networks, name):
    network = networks.residual()
    images = [networks.picture(seed) for seed in range(4)]
    one_by_one = [ask(name, networks.residual(), image).values for image in images]
    in_turn = [ask(name, network, image).values for image in torch.stack(images)]
    assert all(torch.equal(a, b) for a, b in zip(one_by_one, in_turn, strict=True))


@pytest.mark.parametrize(
    "name", ["deeplift", "smoothgrad", "gradient-shap", "integrated-gradients", "occlusion", "conductance"]
)
def test_the_batch_that_memory_allows_does_not_change_the_map(networks, name, monkeypatch):
    whole = ask(name, networks.residual(), networks.picture()).values
    monkeypatch.setattr("cnnviz.attribution.score.MAX_BATCH", 4)
    parts = ask(name, networks.residual(), networks.picture()).values
    assert torch.allclose(whole, parts, atol=1e-5 * float(whole.abs().max()))


@pytest.mark.parametrize("name", [name for name, entry in METHODS.items() if entry.adds_up and not entry.stochastic])
def test_shares_add_up_and_the_record_tells_how_nearly(networks, name):
    network, image, baseline = networks.residual(), networks.picture(), networks.picture(9)
    found = ask(name, network, image, baseline=baseline)
    whole = found.completeness
    assert whole.difference == pytest.approx(float((network(image) - network(baseline))[0, 1]), abs=1e-5)
    assert whole.total == pytest.approx(float(found.values.double().sum()), abs=1e-5)
    assert whole.error == abs(whole.total - whole.difference) / abs(whole.difference)
    assert whole.error < 0.01


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_networks_of_other_number_formats_have_maps_too(networks, name, dtype):
    found = ask(name, networks.residual().to(dtype), networks.picture())
    single = ask(name, networks.residual(), networks.picture())
    assert found.values.dtype == torch.float32
    apart = float((found.values - single.values).norm() / single.values.norm())
    assert apart < (1e-3 if dtype == torch.float64 else 0.5)


def test_a_difference_and_a_probability_are_explained_as_such(networks):
    network, image = networks.residual(), networks.picture()
    gradient = {k: ask("gradient", network, image, Target(k)).values for k in (0, 1)}
    both = ask("gradient", network, image, Target(0, minus=1))
    assert torch.allclose(both.values, gradient[0] - gradient[1], atol=1e-6)
    assert both.output == pytest.approx(float(network(image)[0, 0] - network(image)[0, 1]), abs=1e-5)
    assert ask("gradient", network, image, Target(0, probability=True)).output == pytest.approx(
        float(network(image).softmax(1)[0, 0]), abs=1e-6
    )
    assert ask("gradient", network, image, Target(0, probability=True, independent=True)).output == pytest.approx(
        float(network(image).sigmoid()[0, 0]), abs=1e-6
    )


# ---- networks and inputs on which there is nothing right to show
@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("fill", [0.0, 0.5])
def test_black_and_constant_images_give_a_map_or_words(networks, name, fill):
    found = ask(name, networks.residual(), torch.full((1, 1, 8, 8), fill))
    assert torch.isfinite(found.values).all()
    keys = {note.key for note in found.notes}
    assert bool(found.values.any()) or "all_zero" in keys
    assert ("image_is_baseline" in keys) == (fill == 0 and METHODS[name].uses_baseline)
    assert all(note.describe(language) for note in found.notes for language in LANGUAGES)


@pytest.mark.parametrize("name", METHODS)
def test_weights_that_are_no_numbers_are_refused(networks, name):
    network = networks.residual()
    network.conv2.weight.data[0] = float("nan")
    refused("attribution_not_finite", name, network, networks.picture())


@pytest.mark.parametrize("name", ["grad-cam", "hirescam"])
def test_a_map_without_positive_evidence_says_so(networks, name):
    network = networks.residual()
    network.fc.weight.data[1] = -network.fc.weight.data[1].abs()
    found = ask(name, network, networks.picture())
    assert [note.key for note in found.notes] == ["nothing_positive"]
    assert float(found.values.max()) <= 0
    assert float(found.values.min()) < 0


@pytest.mark.parametrize("name", ["grad-cam", "hirescam", "guided-grad-cam", "conductance"])
def test_layers_without_places_are_refused(name):
    network = build("lenet", {"activation": "relu", "pool": "max"}, (1, 12, 12), 10)
    image = torch.rand(1, 1, 12, 12)
    small = refused("attribution_layer_small", name, network, image, layer="pool2")
    assert "1×1" in str(small) or "2×2" in str(small)
    refused("attribution_layer_flat", name, network, image, layer="fc1")
    refused("attribution_layer_unknown", name, network, image, layer="nowhere")


def test_no_layer_with_three_cells_is_refused():
    network = nn.Sequential(nn.Conv2d(1, 2, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3))
    refused("attribution_no_layer", "grad-cam", network, torch.rand(1, 1, 5, 5), layer="")


def test_a_layer_that_runs_twice_has_no_map(networks):
    class Twice(networks.Residual):
        def trunk(self, x):
            return self.relu1(super().trunk(x))

    network = Twice().eval()
    refused("attribution_layer_reused", "grad-cam", network, networks.picture(), layer="relu1")
    assert torch.isfinite(ask("guided-backprop", network, networks.picture()).values).all()


@pytest.mark.parametrize("name", ["guided-backprop", "deconvolution", "deeplift"])
def test_rectifiers_called_as_functions_are_refused(networks, name):
    with torch.random.fork_rng():
        network = networks.Functional().eval()
    refused("attribution_functional_relu", name, network, networks.picture())
    assert torch.isfinite(ask("gradient", network, networks.picture()).values).all()


@pytest.mark.parametrize("name", ["guided-backprop", "deconvolution"])
def test_without_a_relu_the_map_is_the_gradient_and_says_so(name):
    network, image = build("lenet"), torch.rand(1, 1, 28, 28)
    found = ask(name, network, image)
    assert torch.equal(found.values, ask("gradient", network, image).values)
    assert [note.key for note in found.notes] == ["equals_gradient"]


def test_deeplift_refuses_what_it_has_no_rule_for():
    image = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0)) * 4
    normalised = nn.Sequential(nn.LocalResponseNorm(1, alpha=1), nn.Flatten(), nn.Linear(64, 3))
    refused("attribution_deeplift_layer", "deeplift", normalised, image)

    class Squared(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(64, 3)

        def forward(self, x):
            return self.fc((x * x).flatten(1))

    refused("attribution_deeplift_sum", "deeplift", Squared(), image)
    refused("attribution_deeplift_probability", "deeplift", Squared(), image, Target(1, probability=True))


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("attribution_target", {"target": Target(3)}),
        ("attribution_same_target", {"target": Target(1, minus=1)}),
        ("attribution_baseline_shape", {"baseline": torch.zeros(1, 1, 4, 4)}),
        ("attribution_baseline_finite", {"baseline": torch.full((1, 1, 8, 8), float("nan"))}),
        ("option_unknown", {"options": {"window": 3}}),
        ("option_whole", {"options": {"steps": "many"}}),
        ("option_whole", {"options": {"steps": 3}}),
    ],
)
def test_a_wrong_question_is_refused(networks, key, settings):
    refused(key, "integrated-gradients", networks.residual(), networks.picture(), **settings)


def test_the_suggested_layer_is_the_last_with_enough_cells():
    for name, options, shape, layer in (
        ("lenet", {}, (1, 28, 28), "sigmoid2"),
        ("resnet", {"width": 0.125}, (1, 96, 96), "stage2.block2.relu"),
        ("vgg", {"width": 0.125, "hidden": 8}, (1, 32, 32), "block3.relu2"),
    ):
        network = build(name, options, shape, 10)
        assert suggest_layer(list_layers(network, torch.zeros(1, *shape))).name == layer
