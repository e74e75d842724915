"""What a layer is called and what it does, in words: the kinds of `cnnviz/text/kinds.toml`."""

from cnnviz.text import Text
from cnnviz.trace.record import LayerRecord

_FAMILIES = {
    "conv": ("Conv",),
    "norm": ("Norm",),
    "pool": ("Pool",),
    "linear": ("Linear",),
    "dropout": ("Dropout",),
    "join": ("add", "cat", "mul", "sub"),
    "reshape": ("Flatten", "flatten", "reshape", "view", "squeeze"),
    "activation": (
        "ReLU",
        "Sigmoid",
        "Tanh",
        "Hardswish",
        "Hardsigmoid",
        "SiLU",
        "GELU",
        "Softmax",
        "relu",
        "sigmoid",
        "tanh",
    ),
}
"""A kind belongs to the first family one of whose words it holds; the joins are called exactly so."""


def kind_key(record: LayerRecord) -> str:
    """The entry of `kinds.toml` for one layer: its kind, and for a convolution also its window and groups."""
    if record.kind == "Conv2d" and record.input_shapes:
        groups = record.settings.get("groups", 1)
        if groups > 1:
            return "depthwise" if groups == record.input_shapes[0][0] else "grouped"
        if record.settings.get("kernel_size") in (1, (1, 1)):
            return "pointwise"
    return record.kind


def kind_name(record: LayerRecord, t: Text) -> str:
    """What a reader calls the layer: "Convolution"; `t` holds the words of `kinds`."""
    key = f"{kind_key(record)}.name"
    return t(key) if key in t else record.kind


def kind_description(record: LayerRecord, t: Text) -> str:
    """What the layer does, in one or two sentences; `t` holds the words of `kinds`."""
    key = f"{kind_key(record)}.what"
    return t(key) if key in t else t("other.what")


def family(kind: str) -> str:
    """The family whose colour and letter a kind carries: a key of `family` in `kinds.toml`."""
    for name, words in _FAMILIES.items():
        if kind in words or (name != "join" and any(word in kind for word in words)):
            return name
    return "other"
