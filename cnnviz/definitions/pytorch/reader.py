"""From a pasted text to a definition."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from cnnviz.definitions.checks import check_definition, check_image_shape
from cnnviz.definitions.pytorch.graph_writer import StoppedAtClash
from cnnviz.definitions.pytorch.network_choice import chosen_network, image_in_text, run_text
from cnnviz.definitions.pytorch.reading import Reading
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_scan import parse_source
from cnnviz.definitions.pytorch.source_values import DottedName, Origin, TensorRef
from cnnviz.definitions.record import IMAGE, NetworkDefinition, Shape

_USUAL_NAMES = {
    "torch": DottedName("torch"),
    "nn": DottedName("torch.nn"),
    "F": DottedName("torch.nn.functional"),
    "d2l": DottedName("d2l"),
    "math": DottedName("math"),
    "OrderedDict": DottedName("collections.OrderedDict"),
    "partial": DottedName("functools.partial"),
}
"""Names that a text may use without their imports, as the cell of a notebook does."""
_TOP = ast.Name(id="net", lineno=1, col_offset=0)


@dataclass(frozen=True, slots=True)
class ReadNetwork:
    """A definition with the places of the text that it was read from."""

    source: str
    definition: NetworkDefinition
    origins: Mapping[tuple[int, str], Origin]
    """Where the literal of a node's setting stands, by position and setting."""
    lines: tuple[tuple[int, ...], ...]
    """For each node the lines of the calls that made it, the outermost first."""


def parse_pytorch(source: str, input_shape: Shape | None = None) -> NetworkDefinition:
    """Return the network that a PyTorch text defines, for images of `input_shape` (C, H, W).

    Nothing of the text is run by Python: no code is made of it, nothing is imported, opened or looked up on an object.
    Without `input_shape` it is taken from a minibatch that the text makes (`torch.rand(1, 1, 28, 28)`), if it does.
    The definition of a network that breaks holds the nodes up to the break, and as far behind it as can be told.

    >>> parse_pytorch("net = nn.Sequential(nn.Flatten(), nn.LazyLinear(10))", (1, 28, 28)).nodes[1].settings
    (('in_features', 784), ('out_features', 10))

    Raises:
        UserError: the first place that cannot be read (a `SourceError`), or a text without a network.
    """
    return read_pytorch(source, input_shape).definition


def read_pytorch(source: str, input_shape: Shape | None = None) -> ReadNetwork:
    """Return the same with the places of its layers and numbers in the text.

    Raises:
        UserError: as `parse_pytorch`.
    """
    tree = parse_source(source)
    image = image_in_text(tree) if input_shape is None else check_image_shape(input_shape)
    reading = Reading(image)
    try:
        for name, path in _USUAL_NAMES.items():
            reading.top.names[name] = path
        run_text(reading, tree)
        root, title = chosen_network(reading)
        output = _passed(reading, root)
    except RecursionError as error:
        raise SourceError("source_nested", (1, 1), most=0) from error
    definition = check_definition(reading.writer.definition(root, output, title))
    written = reading.writer.written
    origins = {(index, name): place for index, node in enumerate(written) for name, place in node.origins.items()}
    return ReadNetwork(source, definition, origins, tuple(node.lines or (node.line,) for node in written))


def _passed(reading: Reading, root: object) -> TensorRef:
    """Return what the network gives for the image.

    Raises:
        SourceError: `source_output` for anything but a tensor.
    """
    from cnnviz.definitions.pytorch.reading import kind_of

    place = getattr(getattr(root, "cls", None), "node", None) or getattr(root, "node", None)
    where = place if place is not None else _TOP
    try:
        output = reading.call(root, [TensorRef(IMAGE)], {}, where)
    except StoppedAtClash:
        return TensorRef(len(reading.writer.written) - 1)
    if not isinstance(output, TensorRef) or output.index == IMAGE:
        got = "x" if isinstance(output, TensorRef) else kind_of(output)
        raise SourceError("source_output", where, got=got)
    return output
