"""Captum, where it is right, against what is corrected here; and what is corrected, as Captum leaves it.

A test of the second half that fails after an update of Captum says that a correction can go.
"""

import pytest
import torch
from captum import attr
from captum.influence import TracInCPFast
from torch import nn
from torch.nn import functional as F

from cnnviz.attribution import METHODS, Target
from cnnviz.attribution.tracin import TracInCheckpoint, tracin_scores
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.zoo import build

K = 2


def lenet(**options):
    return build("lenet", {"activation": "relu"} | options, (1, 28, 28), 10, seed=3)


@pytest.fixture(scope="module")
def image():
    return torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def baseline():
    return torch.full((1, 1, 28, 28), 0.2)


def ask(name, network, image, **settings):
    return METHODS[name].attribute(network, image, Target(K), **settings)


def same(found, theirs):
    assert found.shape == theirs.shape
    assert float((found - theirs).abs().max()) <= 2e-4 * float(theirs.abs().max())


def seeded(*layers):
    """A network of these layers with weights of a seed."""
    network = nn.Sequential(*layers)
    draws = torch.Generator().manual_seed(1)
    for parameter in network.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=draws) * 0.5)
    return network.eval()


def missed(network, image, baseline, values):
    """By how much of f(x) − f(x′) the values miss it."""
    with torch.no_grad():
        difference = float((network(image) - network(baseline))[0, K])
    return abs(float(values.detach().sum()) - difference) / abs(difference)


# ---- the table
@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_method_says_which_class_of_captum_computes_it(name, language):
    entry = METHODS[name]
    assert issubclass(getattr(attr, entry.captum), attr.Attribution)
    assert entry.computed_by == f"captum.attr.{entry.captum}"
    assert entry.computed_by in entry.describe_computed_by(language)


def test_a_map_says_whether_captum_was_corrected(image):
    plain, corrected = (ask("deeplift", lenet(pool=pool), image) for pool in ("avg", "max"))
    assert (plain.corrected, corrected.corrected) == (False, True)
    assert plain.describe_computed_by() == "Computed by captum.attr.DeepLift."
    assert corrected.describe_computed_by().startswith(
        "Computed by captum.attr.DeepLift, corrected here: where max pooling"
    )


# ---- what is corrected here, where Captum is right
CORRECTED = {
    "guided-backprop": lambda net, x, b: attr.GuidedBackprop(net).attribute(x, target=K)[0],
    "deconvolution": lambda net, x, b: attr.Deconvolution(net).attribute(x, target=K)[0],
    "guided-grad-cam": lambda net, x, b: attr.GuidedGradCam(net, net.relu2).attribute(x, target=K)[0],
    "deeplift": lambda net, x, b: attr.DeepLift(net).attribute(x, b, target=K)[0],
    "deeplift-shap": lambda net, x, b: attr.DeepLiftShap(net).attribute(x, torch.cat((b, 1 - b)), target=K)[0],
}


@pytest.mark.parametrize("name", CORRECTED)
def test_a_corrected_map_is_captums_on_a_network_where_captum_is_right(image, baseline, name):
    network = lenet()
    given = torch.cat((baseline, 1 - baseline)) if METHODS[name].averages else baseline
    layer = "relu2" if METHODS[name].needs_layer else ""
    found = ask(name, network, image, baseline=given, layer=layer)
    same(found.values, CORRECTED[name](network, image.clone(), baseline).detach())


def test_trapezoids_halved_come_to_captums_integral_of_a_smooth_network(image, baseline):
    network = lenet(activation="tanh")
    theirs = attr.IntegratedGradients(network).attribute(image, baseline, target=K, n_steps=100)[0]
    found = ask("integrated-gradients", network, image, baseline=baseline, options={"rule": "halving", "steps": 300})
    same(found.values, theirs)


def test_the_conductance_is_captums_at_its_many_steps(image, baseline):
    network = lenet(activation="tanh")
    theirs = attr.LayerConductance(network, network.tanh2).attribute(image, baseline, target=K, n_steps=500)
    found = ask("conductance", network, image, baseline=baseline, layer="tanh2", options={"steps": 64})
    expected = theirs[0].sum(0).detach()
    assert float((found.values - expected).abs().max()) < 0.01 * float(expected.abs().max())


# ---- what Captum leaves wrong or undone
LIFTED = {
    "a ReLU before max pooling": lambda: lenet(pool="max"),
    "windows that overlap": lambda: seeded(
        nn.Conv2d(1, 3, 5, stride=2), nn.MaxPool2d(3, 2), nn.Flatten(), nn.Linear(75, 3)
    ),
    "ReLU6": lambda: seeded(nn.Conv2d(1, 3, 9, stride=4), nn.ReLU6(), nn.Flatten(), nn.Linear(75, 3)),
    "h-swish": lambda: seeded(nn.Conv2d(1, 3, 9, stride=4), nn.Hardswish(), nn.Flatten(), nn.Linear(75, 3)),
}


@pytest.mark.parametrize("what", LIFTED)
def test_deeplift_keeps_the_sum_that_captums_loses(image, baseline, what):
    network = LIFTED[what]()
    found = ask("deeplift", network, image, baseline=baseline)
    assert found.corrected
    assert found.completeness.error < 1e-3
    theirs = attr.DeepLift(network).attribute(image, baseline, target=K)
    assert missed(network, image, baseline, theirs) > 0.02


def test_deeplift_goes_through_a_layer_that_runs_twice_and_captums_does_not(image, baseline):
    tanh = nn.Tanh()
    network = seeded(nn.Conv2d(1, 3, 9, stride=4), tanh, nn.Flatten(), nn.Linear(75, 8), tanh, nn.Linear(8, 3))
    found = ask("deeplift", network, image, baseline=baseline)
    assert found.corrected
    assert found.completeness.error < 1e-3
    with pytest.raises(RuntimeError, match="more than once"):
        attr.DeepLift(network).attribute(image, baseline, target=K)


class Forked(nn.Module):
    """A dense layer that a ReLU reads, and the score too."""

    def __init__(self):
        super().__init__()
        self.fc1, self.relu, self.fc2 = nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 3)
        self.fc1.weight.data = torch.tensor([[1.0, 2.0], [3.0, 1.0]])
        self.fc1.bias.data.zero_()
        self.fc2.weight.data = torch.tensor([[0.0, 0.0], [0.0, 0.0], [4.0, 1.0]])
        self.fc2.bias.data.zero_()

    def forward(self, x):
        y = self.fc1(x.flatten(1))
        return self.fc2(self.relu(y)) - 3 * y.sum(1, keepdim=True)


@pytest.mark.parametrize("name", ["guided-backprop", "deconvolution"])
def test_a_relu_cuts_off_what_flows_through_it_alone(name):
    """Both units are above 0: 4 and 1 come through the ReLU, −3 beside it; 1 and −2 go on to the weights."""
    image = torch.ones(1, 1, 1, 2)
    found = ask(name, Forked(), image)
    assert torch.allclose(found.values, torch.tensor([[[1.0 * 1 - 2 * 3, 1.0 * 2 - 2 * 1]]]))
    theirs = getattr(attr, METHODS[name].captum)(Forked()).attribute(image.clone(), target=K)[0]
    assert not torch.allclose(found.values, theirs, atol=0.5)


class Shared(nn.Module):
    """One ReLU module in two branches side by side."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.relu = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False), nn.ReLU()
        self.a.weight.data.fill_(2.0)
        self.b.weight.data.fill_(-1.0)

    def forward(self, x):
        before = self.a(x.flatten(1)), self.b(x.flatten(1))
        first, second = self.relu(before[0]), self.relu(before[1])
        return (3 * first + 5 * second).expand(-1, 3)


def test_a_relu_in_two_branches_follows_the_rule_in_each():
    """The way back is 3 · 2 through the open branch and, by the rule of deconvolution, 5 · −1 through the other."""
    image = torch.ones(1, 1, 1, 1)
    assert float(ask("deconvolution", Shared(), image).values) == 3 * 2 - 5
    assert float(attr.Deconvolution(Shared()).attribute(image.clone(), target=K)) != 3 * 2 - 5


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 2, 9, stride=4), nn.Linear(50, 3)

    def forward(self, x):
        return self.fc(F.relu(self.conv(x)).flatten(1))


def test_captum_takes_a_functional_relu_for_none_and_says_nothing(image):
    network = seeded(Functional())
    guided = attr.GuidedBackprop(network).attribute(image.clone(), target=K)
    assert torch.equal(guided, attr.Saliency(network).attribute(image.clone(), target=K, abs=False))
    with pytest.raises(UserError):
        ask("guided-backprop", network, image)


def test_captums_conductance_leaves_out_both_ends(image, baseline):
    network = lenet(activation="tanh")
    found = ask("conductance", network, image, baseline=baseline, layer="tanh2", options={"steps": 16})
    for method in ("gausslegendre", "riemann_trapezoid"):
        theirs = attr.LayerConductance(network, network.tanh2).attribute(
            image, baseline, target=K, n_steps=16, method=method
        )
        assert missed(network, image, baseline, theirs) > 5 * found.completeness.error


def test_captum_gives_a_map_of_the_last_of_several_calls_and_says_nothing():
    relu = nn.ReLU()
    network = seeded(nn.Conv2d(1, 3, 3), relu, nn.Conv2d(3, 3, 3), relu, nn.Flatten(), nn.Linear(48, 3))
    image = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    assert attr.LayerGradCam(network, relu).attribute(image, target=K).shape == (1, 1, 4, 4)
    with pytest.raises(UserError) as refused:
        ask("grad-cam", network, image, layer="1")
    assert refused.value.key == "attribution_layer_reused"


def test_a_single_region_has_the_whole_difference_and_captum_fails(image, baseline):
    found = ask("kernel-shap", lenet(), image, baseline=baseline, options={"cells": 1, "regions": "squares"})
    assert found.corrected
    assert float(found.values.max()) == float(found.values.min()) == pytest.approx(found.completeness.difference)
    with pytest.raises(ValueError, match="probs"):
        attr.KernelShap(lenet()).attribute(image, baseline, target=K, feature_mask=torch.zeros(1, 1, 28, 28).long())


def test_captums_influence_leaves_out_the_bias(networks):
    images, labels = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(3)), torch.tensor([0, 1, 2, 0])

    def scores(network):
        ours = tracin_scores(
            [TracInCheckpoint(network, 1.0)],
            networks.picture(),
            Target(1),
            lambda most: [(images, labels)],
            F.cross_entropy,
            count=4,
        )
        theirs = TracInCPFast(
            network,
            network.fc,
            torch.utils.data.TensorDataset(images, labels),
            ["now"],
            lambda model, path: 1.0,
            loss_fn=nn.CrossEntropyLoss(reduction="sum"),
            batch_size=4,
        )
        return ours, theirs.influence((networks.picture(), torch.tensor([1])))[0]

    without = networks.residual()
    without.fc = nn.Linear(64, 3, bias=False)
    torch.testing.assert_close(*scores(without), rtol=1e-4, atol=1e-6)
    ours, theirs = scores(networks.residual())
    assert float((ours - theirs).abs().max()) > 0.01 * float(ours.abs().max())
