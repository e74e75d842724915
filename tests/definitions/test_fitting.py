"""A network of the user's own on another image set: the sentence, and the numbers that adapt it."""

import pytest

from cnnviz.definitions import build, definition_of, parse_pytorch
from cnnviz.definitions.fitting import adapted, check_fits
from cnnviz.errors import UserError
from cnnviz.zoo import ARCHITECTURES
from cnnviz.zoo import build as build_zoo

CHAIN = "net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(3456, 10))"


def test_a_network_that_fits_is_left_as_it_is() -> None:
    network = parse_pytorch(CHAIN, (1, 28, 28))
    assert check_fits(network, (1, 28, 28), 10, "digits").clash is None
    same, changes = adapted(network, (1, 28, 28), 10)
    assert same == network
    assert not changes


def test_channels_features_and_classes_are_those_of_the_set() -> None:
    network = parse_pytorch(CHAIN, (1, 28, 28))
    fitting, changes = adapted(network, (3, 32, 32), 4)
    assert [(one.setting, one.before, one.after) for one in changes] == [
        ("in_channels", 1, 3),
        ("in_features", 3456, 6 * 28 * 28),
        ("out_features", 10, 4),
    ]
    assert fitting.input_shape == (3, 32, 32)
    assert check_fits(fitting, (3, 32, 32), 4, "shapes").of(4) == (4,)
    build(fitting, device="meta")


@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if name not in ("vgg", "alexnet", "resnet")])
def test_networks_of_the_course_are_adapted_to_coloured_images_of_other_classes(name: str) -> None:
    side = ARCHITECTURES[name].quick.image_size
    network = definition_of(build_zoo(name, {}, (1, side, side), 10, device="meta"), (1, side, side))
    fitting, changes = adapted(network, (3, side, side), 7)
    assert {one.after for one in changes} == {3, 7}
    check_fits(fitting, (3, side, side), 7, "shapes")


def test_a_layer_called_with_two_sizes_is_not_adapted() -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.flat = nn.Flatten()
        self.fc = nn.Linear(784, 784)
        self.out = nn.Linear(784, 10)
    def forward(self, x):
        return self.out(self.fc(self.fc(self.flat(x))))
"""
    with pytest.raises(UserError):  # what reads 3072 features would have to give 3072, which is another network
        adapted(parse_pytorch(text, (1, 28, 28)), (3, 32, 32), 10)


@pytest.mark.parametrize(
    ("shape", "classes", "key", "said"),
    [((3, 28, 28), 10, "own_fit_images", "3 ≠ 1"), ((1, 28, 28), 4, "own_fit_classes", "4 classes")],
)
def test_what_does_not_fit_is_one_sentence(shape: tuple[int, int, int], classes: int, key: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as refused:
        check_fits(parse_pytorch(CHAIN, (1, 28, 28)), shape, classes, "my set")
    assert refused.value.key == key
    assert "my set" in str(refused.value)


def test_a_window_larger_than_the_image_is_not_adapted() -> None:
    network = parse_pytorch("net = nn.Sequential(nn.Conv2d(1, 2, 9), nn.Flatten(), nn.LazyLinear(10))", (1, 28, 28))
    with pytest.raises(UserError):
        adapted(network, (1, 8, 8), 10)
