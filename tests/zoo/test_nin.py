import pytest
import torch

from cnnviz import zoo


def test_the_course_form_has_its_shapes_and_counts(measure):
    facts = measure(zoo.build("nin", device="meta"), (1, 224, 224))
    assert (facts.params, facts.macs) == (1_992_166, 762_297_352)
    assert facts.of("block1.relu3", "pool1", "block2.relu3", "pool2") == [
        (96, 54, 54),
        (96, 26, 26),
        (256, 26, 26),
        (256, 12, 12),
    ]
    assert facts.of("block3.relu3", "pool3", "block4.relu3", "flatten") == [
        (384, 12, 12),
        (384, 5, 5),
        (10, 5, 5),
        (10,),
    ]


@pytest.mark.parametrize(
    ("options", "params"),
    [
        ({"one_by_one": 1}, 1_769_112),
        ({"one_by_one": 3}, 2_215_220),
        ({"kernel": 3}, 5_549_094),
        ({"head": "dense"}, 1_994_676),
        ({"batch_norm": True}, 1_992_166 + 2 * 3 * (96 + 256 + 384 + 10)),  # a scale and a shift for each feature map
    ],
)
def test_each_knob_of_the_exercise_has_its_parameters(measure, options, params):
    assert measure(zoo.build("nin", options, device="meta"), (1, 224, 224)).params == params


def test_the_dense_head_takes_the_place_of_the_pool(measure):
    facts = measure(zoo.build("nin", {"head": "dense"}, device="meta"), (1, 224, 224))
    assert list(facts.shapes)[-2:] == ["flatten", "fc"]
    assert facts.of("flatten", "fc") == [(250,), (10,)]


def test_batch_normalization_stands_between_each_convolution_and_its_relu():
    block = zoo.build("nin", {"batch_norm": True}, device="meta").block1
    assert list(block._modules) == ["conv", "bn1", "relu1", "mlp1", "bn2", "relu2", "mlp2", "bn3", "relu3"]


def test_a_score_is_the_mean_of_its_map_and_never_below_zero():
    network = zoo.build("nin", {"width": 0.125}, (1, 67, 67), 4)
    image = torch.rand(2, 1, 67, 67, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        maps = network[:-2](image)
        scores = network(image)
    torch.testing.assert_close(scores, maps.sum((2, 3)) / (maps.shape[2] * maps.shape[3]))
    assert scores.min() >= 0


def test_width_leaves_the_class_maps_alone(measure):
    facts = measure(zoo.build("nin", {"width": 0.5}, device="meta"), (1, 224, 224))
    assert [facts.shapes[f"block{n}.conv"][0] for n in (1, 2, 3, 4)] == [48, 128, 192, 10]
