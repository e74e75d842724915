import pytest
import torch
from torch import nn
from torchvision import models
from torchvision.models.vgg import VGG as TorchvisionVGG  # noqa: N811
from torchvision.models.vgg import cfgs, make_layers

from cnnviz import zoo
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.zoo.torchvision_weights import load_torchvision

IMAGENET = ((3, 224, 224), 1000)
NAMED = {"A": "vgg11", "B": "vgg13", "D": "vgg16", "E": "vgg19"}


def _randomise(network: nn.Module) -> nn.Module:
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if tensor.is_floating_point():
                spread = tensor[0].numel() ** -0.5 if tensor.dim() > 1 else 0.1
                tensor.normal_(1.0 if name.endswith("running_var") else 0.0, spread, generator=generator)
    return network.eval()


def _narrow_vgg(config: str, batch_norm: bool) -> nn.Module:
    """torchvision's own VGG class with an eighth of the channels and 32 hidden units."""
    widths = [step if step == "M" else step // 8 for step in cfgs[config]]
    with torch.device("meta"):
        network = TorchvisionVGG(make_layers(widths, batch_norm), num_classes=11, init_weights=False)
        head = network.classifier
        head[0], head[3], head[6] = nn.Linear(64 * 49, 32), nn.Linear(32, 32), nn.Linear(32, 11)
    return _randomise(network.to_empty(device="cpu"))


def test_alexnet_equals_torchvisions_layer_by_layer(measure):
    with torch.device("meta"):
        theirs = measure(models.alexnet(weights=None).eval(), (3, 224, 224))
    ours = measure(zoo.build("alexnet", {"form": "torchvision"}, device="meta"), (3, 224, 224))
    assert (ours.params, ours.macs) == (theirs.params, theirs.macs)
    assert ours.rows({"Flatten"}) == theirs.rows()


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("config", NAMED)
def test_vgg_equals_torchvisions_layer_by_layer(measure, config, batch_norm):
    with torch.device("meta"):
        model = getattr(models, NAMED[config] + "_bn" * batch_norm)(weights=None).eval()
    theirs = measure(model, (3, 224, 224))
    options = {"config": config, "batch_norm": batch_norm}
    ours = measure(zoo.build("vgg", options, *IMAGENET, device="meta"), (3, 224, 224))
    assert (ours.params, ours.macs) == (theirs.params, theirs.macs)
    assert ours.rows({"Flatten"}) == theirs.rows({"AdaptiveAvgPool2d"})  # at 224 the average changes nothing


@pytest.mark.parametrize("side", [64, 224, 250])
def test_alexnet_with_torchvisions_weights_gives_its_scores_at_any_size(side):
    # 64 hidden units: the same class, forward and order with a lighter head
    with torch.device("meta"):
        theirs = models.alexnet(weights=None)
        theirs.classifier[1], theirs.classifier[4] = nn.Linear(9216, 64), nn.Linear(64, 64)
        theirs.classifier[6] = nn.Linear(64, 1000)
    _randomise(theirs.to_empty(device="cpu"))
    ours = zoo.build("alexnet", {"form": "torchvision", "hidden": 64}, (3, side, side), 1000)
    load_torchvision(ours, theirs.state_dict())
    image = torch.rand(1, 3, side, side)
    with torch.no_grad():
        torch.testing.assert_close(ours(image), theirs(image))


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("config", NAMED)
def test_vgg_with_torchvisions_weights_gives_its_scores(config, batch_norm):
    theirs = _narrow_vgg(config, batch_norm)
    options = {"config": config, "batch_norm": batch_norm, "width": 0.125, "hidden": 32}
    ours = zoo.build("vgg", options, (3, 224, 224), 11)
    load_torchvision(ours, theirs.state_dict())
    image = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        torch.testing.assert_close(ours(image), theirs(image))
        assert ours(image).std() > 0


def test_a_network_on_the_meta_device_adopts_the_tensors_without_a_copy():
    theirs = _narrow_vgg("A", batch_norm=True)
    options = {"batch_norm": True, "width": 0.125, "hidden": 32}
    ours = zoo.build("vgg", options, (3, 224, 224), 11, device="meta")
    state = {name: tensor for name, tensor in theirs.state_dict().items() if "num_batches" not in name}
    load_torchvision(ours, state)
    assert not any(tensor.is_meta for tensor in ours.state_dict().values())
    assert ours.get_submodule("block1.conv1").weight.data_ptr() == state["features.0.weight"].data_ptr()
    image = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        torch.testing.assert_close(ours(image), theirs(image))
    assert not ours.training


def test_auxiliary_heads_are_left_out():
    ours, theirs = zoo.build("lenet"), zoo.build("lenet", seed=1)
    load_torchvision(
        ours, {"aux1.conv.weight": torch.zeros(3, 3), **theirs.state_dict(), "AuxLogits.fc.bias": torch.zeros(2)}
    )
    assert torch.equal(ours.fc3.weight, theirs.fc3.weight)


@pytest.mark.parametrize(
    ("options", "shape", "key"),
    [
        ({}, (3, 160, 160), "torchvision_weights"),  # a dense head for another size
        ({"config": "B"}, (3, 224, 224), "torchvision_weights"),
        ({"batch_norm": True}, (3, 224, 224), "torchvision_weights"),
        ({}, (1, 224, 224), "torchvision_weights"),
    ],
)
def test_weights_of_another_form_are_refused_and_nothing_is_changed(options, shape, key):
    ours = zoo.build("vgg", {"width": 0.125, "hidden": 32} | options, shape, 11)
    before = {name: tensor.clone() for name, tensor in ours.state_dict().items()}
    with pytest.raises(UserError) as caught:
        load_torchvision(ours, _narrow_vgg("A", batch_norm=False).state_dict())
    assert caught.value.key == key
    assert all(caught.value.describe(language) for language in LANGUAGES)
    assert all(torch.equal(before[name], tensor) for name, tensor in ours.state_dict().items())


@pytest.mark.parametrize("extra", [{}, {"late.weight": torch.zeros(2)}])
def test_a_missing_or_surplus_tensor_is_refused(extra):
    state = dict(zoo.build("lenet", seed=1).state_dict()) | extra
    if not extra:
        state.popitem()
    with pytest.raises(UserError) as caught:
        load_torchvision(zoo.build("lenet"), state)
    assert caught.value.key == "torchvision_count"
    assert all(caught.value.describe(language) for language in LANGUAGES)
