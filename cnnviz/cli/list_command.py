"""`list`: every name that the other commands take."""

from argparse import ArgumentParser, Namespace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from cnnviz.cli.output import print_json, print_line
from cnnviz.cli.text_table import aligned
from cnnviz.text import Text, load


def add_arguments(parser: ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true")


def run(arguments: Namespace, t: Text) -> None:
    """Print the names, as one JSON document or as tables."""
    if arguments.json:
        print_json(listing())
    else:
        print_line(tables(t))


def listing() -> dict[str, Any]:
    """Return the document of `list --json`; an option's values begin with its default."""
    from cnnviz.data import DATASETS
    from cnnviz.zoo import ARCHITECTURES

    return {
        "architectures": [
            {
                "name": entry.name,
                "options": {option.name: list(option.choices or (option.default,)) for option in entry.options},
            }
            for entry in ARCHITECTURES.values()
        ],
        "datasets": list(DATASETS),
        "methods": _names("cnnviz.attribution", "METHODS"),
        "checkpoints": _names("cnnviz.checkpoints", "CHECKPOINTS"),
    }


def tables(t: Text) -> str:
    """Return the names with a line on each."""
    from cnnviz.attribution import METHODS
    from cnnviz.data import DATASETS
    from cnnviz.options import format_value
    from cnnviz.zoo import ARCHITECTURES

    blocks = [t("list.architectures")]
    for entry in ARCHITECTURES.values():
        blocks.append(f"  {entry.name} ({entry.year}): {load(f'zoo/{entry.name}', t.language)('idea')}")
        options = [
            [f"      {option.name}", "|".join(map(format_value, option.choices)) or format_value(option.default)]
            for option in entry.options
        ]
        blocks.append(aligned(options))
    rows = [
        [
            f"  {entry.name}",
            f"{entry.num_train:,} + {entry.num_test:,}",
            "×".join(map(str, entry.input_shape)),
            str(entry.num_classes),
            entry.describe("title", t.language),
            t("list.here")
            if entry.present(None)
            else t("list.download", megabytes=f"{entry.download_bytes / 1e6:.0f}"),
        ]
        for entry in DATASETS.values()
    ]
    head = [t(f"list.head.{name}") for name in ("name", "images", "size", "classes", "title", "where")]
    blocks += ["", t("list.datasets"), aligned([["  " + head[0], *head[1:]], *rows], right=(1, 2, 3))]
    methods = [[f"  {entry.name}", entry.describe_computed_by(t.language)] for entry in METHODS.values()]
    blocks += ["", t("list.methods"), aligned(methods)]
    checkpoints = _names("cnnviz.checkpoints", "CHECKPOINTS")
    if checkpoints:
        blocks += ["", t("list.checkpoints"), *(f"  {name}" for name in checkpoints)]
    return "\n".join(blocks)


def _names(package: str, table: str) -> list[str]:
    """Return the names in a package's table; none while there is no such package."""
    return list(getattr(import_module(package), table, ())) if find_spec(package) else []
