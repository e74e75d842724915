import pytest

from cnnviz import zoo

CONV = ("conv1", "pool1", "conv2", "pool2", "flatten", "fc1", "fc2", "fc3")


def test_the_course_form_has_its_shapes_parameters_and_multiply_adds(measure):
    facts = measure(zoo.build("lenet", device="meta"), (1, 28, 28))
    assert (facts.params, facts.macs) == (61_706, 416_520)
    assert facts.of(*CONV) == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (400,), (120,), (84,), (10,)]
    assert set(facts.kinds.values()) == {"Conv2d", "Sigmoid", "AvgPool2d", "Flatten", "Linear"}


def test_the_first_edition_has_its_shapes_parameters_and_multiply_adds(measure):
    facts = measure(zoo.build("lenet", {"pool": "max", "padding": 0}, device="meta"), (1, 28, 28))
    assert (facts.params, facts.macs) == (44_426, 281_640)
    assert facts.of(*CONV) == [(6, 24, 24), (6, 12, 12), (16, 8, 8), (16, 4, 4), (256,), (120,), (84,), (10,)]
    assert "MaxPool2d" in facts.kinds.values()


@pytest.mark.parametrize("pool", ["avg", "max"])
def test_batch_normalization_stands_before_each_of_the_four_activations(measure, pool):
    network = zoo.build("lenet", {"batch_norm": "full", "padding": 0, "pool": pool}, device="meta")
    facts = measure(network, (1, 28, 28))
    assert facts.params == 44_878
    names = list(facts.shapes)
    assert [names[names.index(f"bn{number}") + 1] for number in (1, 2, 3, 4)] == [
        "sigmoid1",
        "sigmoid2",
        "sigmoid3",
        "sigmoid4",
    ]


@pytest.mark.parametrize(("part", "params"), [("mean", 44_878), ("variance", 44_878), ("fixed", 44_426)])
def test_parts_of_batch_normalization_learn_gamma_and_beta_unless_fixed(measure, part, params):
    facts = measure(zoo.build("lenet", {"batch_norm": part, "padding": 0}, device="meta"), (1, 28, 28))
    assert facts.params == params


@pytest.mark.parametrize(("activation", "kind"), [("sigmoid", "Sigmoid"), ("tanh", "Tanh"), ("relu", "ReLU")])
def test_the_activation_follows_every_layer_but_the_last(measure, activation, kind):
    facts = measure(zoo.build("lenet", {"activation": activation}, device="meta"), (1, 28, 28))
    named = [name for name, found in facts.kinds.items() if found == kind]
    assert named == [f"{activation}{number}" for number in (1, 2, 3, 4)]


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_there_are_as_many_convolutions_and_dense_layers_as_asked_for(measure, layers):
    network = zoo.build("lenet", {"conv_layers": layers, "dense_layers": layers}, device="meta")
    kinds = list(measure(network, (1, 28, 28)).kinds.values())
    assert [kinds.count(kind) for kind in ("Conv2d", "AvgPool2d", "Linear")] == [layers, layers, layers]


def test_dropout_follows_the_hidden_dense_layers_and_is_absent_at_zero(measure):
    facts = measure(zoo.build("lenet", {"dropout": 0.25}, device="meta"), (1, 28, 28))
    assert [name for name, kind in facts.kinds.items() if kind == "Dropout"] == ["dropout1", "dropout2"]
    assert zoo.build("lenet", {"dropout": 0.25}, device="meta").dropout2.p == 0.25
    assert not hasattr(zoo.build("lenet", device="meta"), "dropout1")


def test_width_scales_convolutions_rounded_down_and_leaves_dense_layers(measure):
    facts = measure(zoo.build("lenet", {"width": 0.125}, device="meta"), (1, 28, 28))
    assert facts.of("conv1", "conv2", "fc1", "fc2") == [(1, 28, 28), (2, 10, 10), (120,), (84,)]


@pytest.mark.parametrize(("kernel", "side"), [(1, 32), (3, 30), (4, 29), (7, 26)])
def test_the_kernel_sets_the_window_of_every_convolution(measure, kernel, side):
    network = zoo.build("lenet", {"kernel": kernel}, device="meta")
    assert measure(network, (1, 28, 28)).shapes["conv1"] == (6, side, side)
    assert network.conv1.kernel_size == network.conv2.kernel_size == (kernel, kernel)
