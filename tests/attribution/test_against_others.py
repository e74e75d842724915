"""The maps of Captum and of the package grad-cam, where those are right."""

import pytest
import torch
from captum import attr

from cnnviz.attribution import METHODS, Target
from cnnviz.attribution.regions import squares
from cnnviz.zoo import build

K = 2


@pytest.fixture(scope="module")
def network():
    return build("lenet", {"pool": "max", "activation": "relu"}, (1, 28, 28), 10, seed=3)


@pytest.fixture(scope="module")
def image():
    return torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def baseline():
    return torch.full((1, 1, 28, 28), 0.2)


CAPTUM = {
    "gradient": lambda net, x, b: attr.Saliency(net).attribute(x, target=K, abs=False)[0],
    "input-x-gradient": lambda net, x, b: attr.InputXGradient(net).attribute(x, target=K)[0],
    "integrated-gradients": lambda net, x, b: attr.IntegratedGradients(net).attribute(
        x, b, target=K, n_steps=20, method="gausslegendre"
    )[0],
    "guided-backprop": lambda net, x, b: attr.GuidedBackprop(net).attribute(x, target=K)[0],
    "deconvolution": lambda net, x, b: attr.Deconvolution(net).attribute(x, target=K)[0],
    "grad-cam": lambda net, x, b: attr.LayerGradCam(net, net.relu2).attribute(x, target=K)[0, 0],
    "hirescam": lambda net, x, b: attr.LayerGradientXActivation(net, net.relu2).attribute(x, target=K)[0].sum(0),
    "guided-grad-cam": lambda net, x, b: attr.GuidedGradCam(net, net.relu2).attribute(x, target=K)[0],
    "occlusion": lambda net, x, b: attr.Occlusion(net).attribute(x, (1, 6, 6), (1, 4, 4), b, target=K)[0],
    "feature-ablation": lambda net, x, b: attr.FeatureAblation(net).attribute(
        x, b, target=K, feature_mask=squares(28, 28, 4)[None, None]
    )[0],
    "neuron-gradient": lambda net, x, b: attr.NeuronGradient(net, net.relu2).attribute(x, (3, 2, 4))[0],
}
SETTINGS = {
    "integrated-gradients": {"steps": 20},
    "occlusion": {"window": 6, "stride": 4},
    "feature-ablation": {"regions": "squares", "cells": 4},
    "neuron-gradient": {"channel": 3, "row": 2, "column": 4},
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CAPTUM)
def test_a_map_is_captums_where_captum_is_right(network, image, baseline, name):
    layer = "relu2" if METHODS[name].needs_layer else ""
    found = METHODS[name].attribute(
        network, image, Target(K), layer=layer, baseline=baseline, options=SETTINGS.get(name)
    )
    theirs = CAPTUM[name](network, image.clone(), baseline).detach()
    assert torch.allclose(found.values, theirs, atol=1e-4 * float(theirs.abs().max()), rtol=0)


@pytest.mark.filterwarnings("ignore")
def test_deeplift_keeps_the_sum_that_captums_loses_behind_max_pooling(network, image, baseline):
    found = METHODS["deeplift"].attribute(network, image, Target(K), baseline=baseline)
    assert found.completeness.error < 1e-3
    theirs = attr.DeepLift(network).attribute(image, baseline, target=K)
    difference = float((network(image) - network(baseline))[0, K])
    assert abs(float(theirs.sum()) - difference) > 0.05 * abs(difference)


@pytest.mark.filterwarnings("ignore")
def test_deeplift_is_captums_without_max_pooling(image, baseline):
    network = build("lenet", {"activation": "relu"}, (1, 28, 28), 10, seed=3)
    found = METHODS["deeplift"].attribute(network, image, Target(K), baseline=baseline)
    theirs = attr.DeepLift(network).attribute(image, baseline, target=K)[0]
    assert torch.allclose(found.values, theirs, atol=1e-4 * float(theirs.abs().max()), rtol=0)


@pytest.mark.filterwarnings("ignore")
def test_grad_cam_is_the_packages_on_torchvisions_resnet():
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    from torchvision.models import resnet18

    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = resnet18(num_classes=7).eval()
    image = torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(1))
    found = METHODS["grad-cam"].attribute(network, image, Target(5), layer="layer3")
    with GradCAM(network, [network.layer3]) as cam:
        theirs = torch.from_numpy(cam(image.clone(), [ClassifierOutputTarget(5)])[0])
    positive = torch.nn.functional.interpolate(
        _scaled(found.values.clamp_min(0))[None, None], (96, 96), mode="bilinear"
    )[0, 0]
    assert float((_scaled(positive) - theirs).abs().max()) < 1e-5


def _scaled(values):
    """As the package normalises."""
    values = values - values.min()
    return values / (values.max() + 1e-7)
