import pytest
import torch

from cnnviz import zoo

TRUNK = ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool3", "flatten", "fc1", "fc2", "fc3")
D2L_SHAPES = [
    (96, 54, 54),
    (96, 26, 26),
    (256, 26, 26),
    (256, 12, 12),
    (384, 12, 12),
    (384, 12, 12),
    (256, 12, 12),
    (256, 5, 5),
    (6400,),
    (4096,),
    (4096,),
    (10,),
]
PAPER_SHAPES = [
    (96, 55, 55),
    (96, 27, 27),
    (256, 27, 27),
    (256, 13, 13),
    (384, 13, 13),
    (384, 13, 13),
    (256, 13, 13),
    (256, 6, 6),
    (9216,),
    (4096,),
    (4096,),
    (1000,),
]


@pytest.mark.parametrize("padding", [1, 0])
def test_the_course_form_has_its_shapes_and_counts_with_and_without_padding(measure, padding):
    facts = measure(zoo.build("alexnet", {"padding": padding}, device="meta"), (1, 224, 224))
    assert (facts.params, facts.macs) == (46_764_746, 938_146_176)
    assert facts.of(*TRUNK) == D2L_SHAPES


def test_convolutions_hold_few_parameters_and_do_most_multiply_adds(measure):
    facts = measure(zoo.build("alexnet", device="meta"), (1, 224, 224))
    by_kind = {
        kind: sum(facts.own_params[name] for name in facts.kinds if facts.kinds[name] == kind)
        for kind in ("Conv2d", "Linear")
    }
    assert by_kind == {"Conv2d": 3_723_968, "Linear": 43_040_778}


def test_the_paper_form_has_two_groups_and_its_shapes_and_counts(measure):
    network = zoo.build("alexnet", {"form": "paper"}, device="meta")
    facts = measure(network, (3, 227, 227))
    assert (facts.params, facts.macs) == (60_965_224, 724_406_816)
    assert facts.of(*TRUNK) == PAPER_SHAPES
    kernels = [tuple(getattr(network, f"conv{n}").weight.shape[1:]) for n in range(1, 6)]
    assert kernels == [(3, 11, 11), (48, 5, 5), (256, 3, 3), (192, 3, 3), (192, 3, 3)]


def test_in_the_paper_form_normalization_stands_between_relu_and_pool(measure):
    names = list(measure(zoo.build("alexnet", {"form": "paper"}, device="meta"), (3, 227, 227)).shapes)
    assert names[:8] == ["conv1", "relu1", "lrn1", "pool1", "conv2", "relu2", "lrn2", "pool2"]


def test_local_response_normalization_divides_as_the_paper_writes_it():
    lrn = zoo.build("alexnet", {"form": "paper"}, device="meta").lrn1
    a = torch.rand(1, 96, 2, 2, dtype=torch.float64) * 50
    neighbours = sum(a[0, channel] ** 2 for channel in range(8, 13))
    expected = a[0, 10] / (2 + 1e-4 * neighbours) ** 0.75
    torch.testing.assert_close(lrn(a)[0, 10], expected)


def test_the_small_form_takes_fashion_mnist_as_it_is(measure):
    network = zoo.build("alexnet", {"form": "small"}, device="meta")
    facts = measure(network, (1, 28, 28))
    full = measure(zoo.build("alexnet", device="meta"), (1, 224, 224))
    assert facts.kinds == full.kinds
    assert list(facts.kinds) == list(full.kinds)
    assert facts.of("conv1", "pool1", "conv2", "pool2", "pool3") == [
        (24, 28, 28),
        (24, 13, 13),
        (64, 13, 13),
        (64, 6, 6),
        (64, 2, 2),
    ]


@pytest.mark.parametrize("form", ["d2l", "small", "paper", "torchvision"])
def test_hidden_sets_both_hidden_dense_layers(measure, form):
    network = zoo.build("alexnet", {"form": form, "hidden": 100}, device="meta")
    assert (network.fc1.out_features, network.fc2.in_features, network.fc2.out_features) == (100, 100, 100)


@pytest.mark.parametrize("width", [0.75, 0.5, 0.25, 0.125])
def test_width_keeps_both_groups_of_the_paper_form_whole(measure, width):
    facts = measure(zoo.build("alexnet", {"form": "paper", "width": width}, device="meta"), (3, 227, 227))
    assert facts.shapes["conv2"][0] == 256 * width
    assert facts.shapes["fc3"] == (1000,)
