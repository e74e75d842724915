"""Names and descriptions of layers in words: the entries of `cnnviz/text/kinds.toml`."""

from cnnviz.text import Text
from cnnviz.trace.operations import OPERATIONS
from cnnviz.trace.record import LayerRecord


def kind_key(record: LayerRecord) -> str:
    """Return the entry of a layer: its class or function, and of a 2-D convolution also its window and groups."""
    window = record.settings.get("kernel_size", ())
    if record.operation == "convolution" and len(window) == 2 and record.input_shapes:
        groups = record.settings["groups"]
        if groups > 1:
            return "depthwise" if groups == record.input_shapes[0][0] else "grouped"
        if window == (1, 1):
            return "pointwise"
    return record.kind


def kind_name(record: LayerRecord, t: Text) -> str:
    """Return the name of a layer, such as "Convolution"; `t` holds the words of `kinds`."""
    key = f"{kind_key(record)}.name"
    return t(key) if key in t else record.kind


def kind_description(record: LayerRecord, t: Text) -> str:
    """Return what a layer does in one or two sentences; a class without its own has those of its operation."""
    operation = OPERATIONS.get(record.operation)
    words = "other" if operation is None else operation.words or "other"
    key = next(key for key in (f"{kind_key(record)}.what", f"{words}.what", "other.what") if key in t)
    return t(key)
