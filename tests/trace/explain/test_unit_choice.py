"""The value that a layer opens on: strong, positive and of the image, not of its border."""

import pytest
import torch

from cnnviz.checkpoints import build_network, checkpoint
from cnnviz.data import dataset, prepare
from cnnviz.trace import trace
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain import default_unit
from cnnviz.trace.record import GLOBAL, ReceptiveField


def _walk(name: str, number: int = 0) -> LazyActivations:
    card = checkpoint(name)
    model, image = build_network(card), dataset("digits").load("test").images[number]
    return LazyActivations(model, trace(model, card.input_shape), prepare(image, card.input_shape, "crop").tensor)


@pytest.mark.parametrize("number", [0, 7, 23])
@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("lenet-digits", "conv1"),
        ("lenet-digits", "conv2"),
        ("resnet-18-digits", "stage1.block1.add"),
        ("resnet-18-digits", "stage1.block2.add"),
    ],
)
def test_it_is_positive_and_sees_strokes_and_no_padding(name: str, layer: str, number: int) -> None:
    walk = _walk(name, number)
    record, output, image = walk.trace[layer], walk.output(layer)[0], walk.output("input")[0, 0]
    height, width = image.shape
    channel, y, x = default_unit(output, record.receptive_field, height, width)
    box = record.receptive_field.box(y, x)
    assert output[channel, y, x] > 0
    assert box.top >= 0
    assert box.left >= 0
    assert box.bottom < height
    assert box.right < width
    assert image[box.top : box.bottom + 1, box.left : box.right + 1].max() > 0.5


@pytest.mark.parametrize("layer", ["conv1", "pool1", "conv2", "pool2"])
def test_no_other_unit_that_sees_the_image_alone_has_a_larger_value(layer: str) -> None:
    walk = _walk("lenet-digits")
    field, output = walk.trace[layer].receptive_field, walk.output(layer)[0]
    values = {}
    for channel, y, x in torch.ones_like(output).nonzero().tolist():
        box = field.box(y, x)
        if box.clipped(28, 28) == box:
            values[channel, y, x] = float(output[channel, y, x])
    assert default_unit(output, field, 28, 28) == max(values, key=values.__getitem__)


def test_where_every_field_reaches_over_the_border_it_is_one_of_the_middle() -> None:
    output = torch.zeros(2, 5, 4)
    output[0, 0, 0], output[1, 2, 2], output[0, 1, 2] = 9, 3, 5
    wide = ReceptiveField("window", size=(40, 40), stride=(2, 2), start=(-19, -19))
    assert default_unit(output, wide, 10, 8) == (1, 2, 2)  # of the middle row and the two middle columns
    assert default_unit(output, GLOBAL, 10, 8) == (1, 2, 2)


def test_windows_of_uneven_places_are_kept_off_the_border_too() -> None:
    output = torch.arange(9.0).reshape(1, 3, 3)
    spans = ((-1, 2), (1, 4), (3, 7))
    field = ReceptiveField("window", size=(4, 4), uniform=False, spans=(spans, spans))
    assert default_unit(output, field, 7, 7) == (0, 1, 1)


def test_of_a_vector_it_is_the_largest_and_so_the_predicted_class() -> None:
    assert default_unit(torch.tensor([1.0, -9.0, 3.0]), GLOBAL, 28, 28) == (2,)
