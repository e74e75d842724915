"""`trace`: every layer of one network, with its shape, cost and receptive field."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnnviz.cli.output import print_json, print_line
from cnnviz.cli.text_table import aligned
from cnnviz.errors import UserError
from cnnviz.text import Text

if TYPE_CHECKING:
    from cnnviz.options import Value
    from cnnviz.trace.record import LayerRecord, ReceptiveField, Trace
    from cnnviz.zoo.architecture_record import Architecture


def add_arguments(parser: ArgumentParser) -> None:
    """Add `ARCH`, `-o`, `--input`, `--classes` and `--json`."""
    parser.add_argument("architecture", nargs="?")
    parser.add_argument("-o", "--option", action="append", default=[])
    parser.add_argument("--input")
    parser.add_argument("--classes")
    parser.add_argument("--json", action="store_true")


def run(arguments: Namespace, t: Text) -> None:
    """Trace a network without weights and print its facts.

    Raises:
        UserError: a name, an option, an input or a number of classes that cannot be.
    """
    if arguments.architecture is None:
        raise UserError("argument_missing", command="trace", argument="ARCH", help="python -m cnnviz list")
    from cnnviz.models import ModelSpec
    from cnnviz.zoo import architecture
    from cnnviz.zoo.factory import check_classes, check_shape

    entry = architecture(arguments.architecture)
    options = entry.resolve(parse_settings(arguments.option, example="width=0.5"))
    shape = check_shape(entry.input_shape(options) if arguments.input is None else _whole_numbers(arguments.input))
    classes = check_classes(
        entry.num_classes(options) if arguments.classes is None else _whole_number(arguments.classes)
    )
    found = ModelSpec(entry.name, tuple(options.items()), shape, classes).trace()
    if arguments.json:
        print_json(document(entry, options, found))
    else:
        print_line(table(entry, options, found, t))


def parse_settings(words: Sequence[str], example: str) -> dict[str, str]:
    """Return the `KEY=VALUE` words as a mapping.

    Raises:
        UserError: `option_syntax`, or `option_twice`.
    """
    settings: dict[str, str] = {}
    for word in words:
        key, equals, value = (part.strip() for part in word.partition("="))
        if not (key and equals and value):
            raise UserError("option_syntax", text=word, example=example)
        if key in settings:
            raise UserError("option_twice", option=key)
        settings[key] = value
    return settings


def document(entry: "Architecture", options: "dict[str, Value]", found: "Trace") -> dict[str, Any]:
    """Return the document that `trace --json` prints."""
    return {
        "architecture": entry.name,
        "options": options,
        "input": list(found.input_shape),
        "params": found.num_params,
        "macs": found.macs,
        **({"uncounted": list(found.uncounted)} if found.uncounted else {}),
        "layers": [_layer(layer) for layer in found.layers],
    }


def table(entry: "Architecture", options: "dict[str, Value]", found: "Trace", t: Text) -> str:
    """Return the facts as a person reads them."""
    from cnnviz.options import format_value

    head = [t(f"trace.head.{name}") for name in ("name", "kind", "shape", "params", "macs", "field", "stride", "start")]
    rows = [
        [
            layer.name,
            layer.kind,
            "×".join(map(str, layer.shape)),
            f"{layer.num_params:,}",
            f"{layer.macs:,}",
            *_field_words(layer.receptive_field, t),
        ]
        for layer in found.layers
    ]
    changed = t.listed(f"{name}={format_value(value)}" for name, value in entry.changed(options).items())
    activations = sum(layer.activation_bytes for layer in found.layers)
    return "\n".join(
        [
            t(
                "trace.title",
                title=entry.title,
                options=changed or t("trace.default"),
                input="×".join(map(str, found.input_shape)),
            ),
            "",
            aligned([head, *rows], right=(2, 3, 4, 5, 6, 7)),
            "",
            t("trace.total", params=f"{found.num_params:,}", macs=f"{found.macs:,}", activations=f"{activations:,}"),
            *([t("trace.uncounted", rows=t.listed(found.uncounted))] if found.uncounted else []),
        ]
    )


def _layer(layer: "LayerRecord") -> dict[str, Any]:
    return {
        "name": layer.name,
        "kind": layer.kind,
        "block": layer.block,
        "inputs": list(layer.inputs),
        "shape": list(layer.shape),
        "params": layer.num_params,
        "macs": layer.macs,
        "activation_bytes": layer.activation_bytes,
        "receptive_field": _field(layer.receptive_field),
    }


def _field(field: "ReceptiveField") -> Any:
    if field.extent != "window":
        return field.extent
    sizes = {"size": _pair(field.size), "stride": _pair(field.stride), "start": _pair(field.start)}
    more: dict[str, Any] = {} if field.uniform else {"uniform": False}
    if field.dims != (1, 2):  # which dimensions of the shape run along the image's height and width
        more["dims"] = list(field.dims)
    return {**sizes, **more}


def _pair(pair: tuple[int, int] | None) -> list[int] | None:
    return None if pair is None else list(pair)


def _field_words(field: "ReceptiveField", t: Text) -> tuple[str, str, str]:
    if field.extent == "global":
        return t("trace.global"), "", ""
    if field.extent == "unknown" or field.size is None:
        return t("trace.unknown", reason=field.reason), "", ""
    stride = t("trace.uneven") if field.stride is None else "×".join(map(str, field.stride))
    return "×".join(map(str, field.size)), stride, ",".join(map(str, field.start or ()))


def _whole_numbers(word: str) -> Any:
    """Return the numbers of `"1,28,28"`; the word itself where it holds none, for the error to show."""
    numbers = [_whole_number(part) for part in word.split(",")]
    if not all(isinstance(number, int) for number in numbers):
        from cnnviz.zoo.factory import LARGEST_SIDE

        raise UserError("input_shape", got=word, limit=LARGEST_SIDE)
    return tuple(numbers)


def _whole_number(word: str) -> Any:
    """Return the number that a word stands for, or the word."""
    return int(word) if re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", word) else word
