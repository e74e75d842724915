import pytest

from cnnviz import zoo

PAPER = {"A": 132_863_336, "A-LRN": 132_863_336, "B": 133_047_848, "C": 133_638_952, "D": 138_357_544, "E": 143_667_240}
NAMED = {"A": 11, "A-LRN": 11, "B": 13, "C": 16, "D": 16, "E": 19}
BLOCKS = [f"block{n}.pool" for n in range(1, 6)]


def test_the_course_form_has_its_shapes_and_counts(measure):
    facts = measure(zoo.build("vgg", device="meta"), (1, 224, 224))
    assert (facts.params, facts.macs) == (128_806_154, 7_547_232_256)
    assert facts.of(*BLOCKS, "flatten") == [
        (64, 112, 112),
        (128, 56, 56),
        (256, 28, 28),
        (512, 14, 14),
        (512, 7, 7),
        (25_088,),
    ]
    assert sum(facts.own_params[f"fc{n}"] for n in (1, 2, 3)) == 119_586_826


@pytest.mark.parametrize("config", PAPER)
def test_every_column_of_the_paper_has_its_parameters_and_layers(measure, config):
    facts = measure(zoo.build("vgg", {"config": config}, (3, 224, 224), 1000, device="meta"), (3, 224, 224))
    assert facts.params == PAPER[config]
    kinds = list(facts.kinds.values())
    assert kinds.count("Conv2d") + kinds.count("Linear") == NAMED[config]
    assert kinds.count("LocalResponseNorm") == (config == "A-LRN")


def test_the_normalization_of_a_lrn_follows_the_first_convolution(measure):
    facts = measure(zoo.build("vgg", {"config": "A-LRN"}, device="meta"), (1, 224, 224))
    assert list(facts.shapes)[:4] == ["block1.conv1", "block1.relu1", "block1.lrn1", "block1.pool"]


def test_the_third_convolution_of_a_block_of_c_is_one_by_one():
    network = zoo.build("vgg", {"config": "C"}, device="meta")
    assert [network.get_submodule(f"block{n}.conv3").kernel_size for n in (3, 4, 5)] == [(1, 1)] * 3


@pytest.mark.parametrize(("config", "params"), [("A", 43_093_322), ("D", 43_436_986), ("E", 43_769_082)])
def test_a_quarter_of_the_width_is_the_small_form_of_the_course(measure, config, params):
    facts = measure(zoo.build("vgg", {"config": config, "width": 0.25}, device="meta"), (1, 224, 224))
    assert facts.params == params
    assert facts.of(*BLOCKS, "flatten") == [
        (16, 112, 112),
        (32, 56, 56),
        (64, 28, 28),
        (128, 14, 14),
        (128, 7, 7),
        (6272,),
    ]


def test_at_96_the_first_dense_layer_shrinks_with_the_image(measure):
    small = measure(zoo.build("vgg", {"width": 0.25}, (1, 96, 96), device="meta"), (1, 96, 96))
    assert small.params == 22_121_802
    assert small.shapes["flatten"] == (128 * 3 * 3,)
    full = measure(zoo.build("vgg", None, (1, 96, 96), device="meta"), (1, 96, 96))
    assert (full.params, full.macs) == (44_920_074, 1_399_955_456)


def test_against_alexnet_it_takes_2_75_times_the_parameters_and_8_04_times_the_multiply_adds(measure):
    vgg = measure(zoo.build("vgg", device="meta"), (1, 224, 224))
    alexnet = measure(zoo.build("alexnet", device="meta"), (1, 224, 224))
    assert round(vgg.params / alexnet.params, 2) == 2.75
    assert round(vgg.macs / alexnet.macs, 2) == 8.04


def test_batch_normalization_stands_between_convolution_and_relu(measure):
    facts = measure(zoo.build("vgg", {"config": "B", "batch_norm": True}, device="meta"), (1, 224, 224))
    assert list(facts.shapes)[:4] == ["block1.conv1", "block1.bn1", "block1.relu1", "block1.conv2"]
