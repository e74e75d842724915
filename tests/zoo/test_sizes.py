import pytest
import torch

from cnnviz import zoo
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.zoo.factory import smallest_size

# By hand, backwards from one pixel: (form, the smallest side, the layer that fails one pixel below it).
SMALLEST = [
    ("lenet", {}, 12, "pool2"),
    ("lenet", {"padding": 0}, 16, "pool2"),
    ("lenet", {"conv_layers": 1}, 2, "pool1"),
    ("alexnet", {}, 65, "pool3"),
    ("alexnet", {"padding": 0}, 67, "pool3"),
    ("alexnet", {"form": "small"}, 15, "pool3"),
    ("alexnet", {"form": "paper"}, 67, "pool3"),
    ("alexnet", {"form": "torchvision"}, 63, "pool3"),
    ("vgg", {}, 32, "block5.pool"),
    ("vgg", {"config": "E"}, 32, "block5.pool"),
    ("nin", {}, 67, "pool3"),
    ("nin", {"head": "dense"}, 67, "pool3"),
]


@pytest.mark.parametrize(("name", "options", "smallest", "layer"), SMALLEST)
def test_one_pixel_less_is_refused_with_the_layer_and_the_smallest_size(name, options, smallest, layer):
    zoo.build(name, options, (1, smallest, smallest), device="meta")
    with pytest.raises(UserError) as caught:
        zoo.build(name, options, (1, smallest - 1, smallest - 1), device="meta")
    assert caught.value.key == "image_too_small"
    assert (caught.value.values["layer"], caught.value.values["smallest"]) == (layer, smallest)
    for language in LANGUAGES:
        assert f"{smallest}×{smallest}" in caught.value.describe(language)
        assert layer in caught.value.describe(language)


@pytest.mark.parametrize("entry", zoo.ARCHITECTURES.values(), ids=lambda entry: entry.name)
def test_the_smallest_size_really_runs_and_one_less_does_not(entry):
    settled = entry.resolve()
    smallest = smallest_size(entry, settled, 3, 10)
    network = zoo.build(entry.name, {"width": 0.125}, (3, smallest, smallest), 10)
    with torch.no_grad():
        assert network(torch.rand(2, 3, smallest, smallest)).shape == (2, 10)
    if smallest > 1:
        with pytest.raises(UserError):
            zoo.build(entry.name, {"width": 0.125}, (3, smallest - 1, smallest - 1), 10)


@pytest.mark.parametrize("entry", zoo.ARCHITECTURES.values(), ids=lambda entry: entry.name)
@pytest.mark.parametrize(
    ("channels", "height", "width", "classes"), [(1, 70, 101, 2), (5, 128, 67, 1), (3, 99, 99, 37)]
)
def test_any_channels_image_size_and_classes_work(entry, channels, height, width, classes, measure):
    network = zoo.build(entry.name, {"width": 0.25}, (channels, height, width), classes, device="meta")
    facts = measure(network, (channels, height, width))
    assert list(facts.shapes.values())[-1] == (classes,)


@pytest.mark.parametrize(
    "shape", [(0, 28, 28), (1, 28), (1, 28, 28, 1), (1, 28, 2000), (1, 28.0, 28), (1, True, 28), "28", ()]
)
def test_a_shape_that_is_none_is_refused(shape):
    with pytest.raises(UserError) as caught:
        zoo.build("lenet", input_shape=shape, device="meta")
    assert caught.value.key == "input_shape"
    assert all(caught.value.describe(language) for language in LANGUAGES)


@pytest.mark.parametrize("classes", [0, -1, 2.0, True, 10**9, "ten"])
def test_a_number_of_classes_that_is_none_is_refused(classes):
    with pytest.raises(UserError) as caught:
        zoo.build("lenet", num_classes=classes, device="meta")
    assert caught.value.key == "num_classes"


def _weights(**given):
    return torch.cat([tensor.flatten() for tensor in zoo.build("lenet", **given).state_dict().values()])


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    assert torch.equal(_weights(seed=3), _weights(seed=3))
    assert not torch.equal(_weights(seed=3), _weights(seed=4))


def test_building_leaves_the_random_numbers_of_others_alone():
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    zoo.build("lenet", seed=1)
    assert torch.equal(torch.rand(3), expected)


def test_a_network_comes_in_evaluation_mode_without_hooks():
    for layer in zoo.build("lenet", {"batch_norm": "full"}).modules():
        assert not layer.training
        assert not layer._forward_hooks
        assert not layer._forward_pre_hooks


def test_checking_the_size_leaves_every_layer_its_own_forward():
    network = zoo.build("lenet", {"batch_norm": "full", "dropout": 0.5}, device="meta")
    assert not any("forward" in vars(layer) for layer in network.modules())
