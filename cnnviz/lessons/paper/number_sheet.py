"""The worksheet of one real number: a unit of a convolution whose window fits a page, worked out in full."""

from dataclasses import dataclass

from cnnviz.lessons.lesson import Lesson
from cnnviz.lessons.lesson_network import lesson_model
from cnnviz.lessons.questions import TracedNetwork
from cnnviz.lessons.screen_item import item_of, traced_item
from cnnviz.trace.explain import Explanation, default_unit, explain
from cnnviz.trace.explain.explanation import Grid
from cnnviz.trace.record import LayerRecord

MOST_PRODUCTS = 150
"""On one page: six windows of 5×5."""


@dataclass(frozen=True, slots=True)
class ChannelBlock:
    """The part of one input channel: a window, the kernel there, their products."""

    channel: int
    window: Grid
    kernel: Grid
    products: Grid


@dataclass(frozen=True, slots=True)
class NumberSheet:
    """One value of a convolution as sums of products, and the value that the network computed."""

    network: str
    """Its title."""
    layer: str
    unit: tuple[int, ...]
    """(channel, row, column)"""
    source: str
    """The row that it reads; "input" for the image."""
    blocks: tuple[ChannelBlock, ...]
    bias: float | None
    value: float
    """As the network computed it, in float32."""


def number_sheet(network: TracedNetwork, layer: str) -> NumberSheet:
    """Return the worksheet of the largest value of a convolution, among the units that see no padding.

    Raises:
        UserError: a row that is not there, or none that is explained.
    """
    walk = network.values()
    record = walk.trace[layer]
    _, height, width = walk.trace.input_shape
    unit = default_unit(walk.output(layer)[0], record.receptive_field, height, width)
    return _sheet(network.title, explain(walk, layer, unit, limit=MOST_PRODUCTS))


def lesson_sheet(lesson: Lesson) -> NumberSheet | None:
    """Return the worksheet of the first convolution that a lesson asks about and that fits a page; None for none."""
    items = [item_of(lesson, screen) for screen in lesson.screens if screen.kind == "step"]
    for own_layer in (True, False):
        for item in items:
            if not lesson_model(item.network).source.is_trained:
                continue
            network = traced_item(item)
            for record in network.trace.layers:
                if fits_a_page(record) and (record.name == item.layer or not own_layer):
                    return number_sheet(network, record.name)
    return None


def fits_a_page(record: LayerRecord) -> bool:
    """Return whether a row is a convolution of more than one product whose products fit a page."""
    if record.operation != "convolution" or len(record.shape) != 3:
        return False
    rows, columns = record.settings["kernel_size"]
    products = rows * columns * (record.input_shapes[0][0] // record.settings.get("groups", 1))
    return rows * columns > 1 and products <= MOST_PRODUCTS


def _sheet(title: str, explanation: Explanation) -> NumberSheet:
    blocks = []
    source = ""
    for term in explanation.terms:
        window = term.window
        if window is not None and window.weights is not None and window.products is not None:
            source = window.row
            channel = int(term.label.values["channel"])
            blocks.append(ChannelBlock(channel, window.values, window.weights, window.products))
    return NumberSheet(
        title, explanation.name, explanation.index, source, tuple(blocks), explanation.bias, explanation.value
    )
