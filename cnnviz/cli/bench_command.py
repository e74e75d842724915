"""`bench`: ratios against the tools people use, measured now on this machine."""

import dataclasses
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from importlib import import_module
from inspect import signature
from typing import Any

from cnnviz.cli.output import print_json, print_line
from cnnviz.cli.text_table import aligned
from cnnviz.errors import UserError
from cnnviz.text import Text

BENCHES = ("trace", "train", "losses", "attribute", "fast_paths")
"""Modules of `cnnviz.bench` whose `run()` measures and gives frozen records, all of one kind."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the bench's name, the rows and the device where the bench has them, and `--json`."""
    parser.add_argument("bench", nargs="?")
    parser.add_argument("rows", nargs="*")
    parser.add_argument("--device")
    parser.add_argument("--json", action="store_true")


def run(arguments: Namespace, t: Text) -> None:
    """Measure and print one line per record.

    Raises:
        UserError: an unknown bench, or one whose rival is not installed.
    """
    known = [*BENCHES]
    if arguments.bench is None:
        raise UserError("argument_missing", command="bench", argument=known, help="python -m cnnviz bench --help")
    if arguments.bench not in BENCHES:
        raise UserError("bench_unknown", name=arguments.bench, known=known)
    measure = import_module(f"cnnviz.bench.{arguments.bench}").run
    chosen = {"names": tuple(arguments.rows), "device": arguments.device}
    given = {name: value for name, value in chosen.items() if value}
    for name in given:
        if name not in signature(measure).parameters:
            raise UserError("bench_whole", name=arguments.bench)
    records = measure(**given)
    rows = [row(record) for record in records]
    if arguments.json:
        print_json(rows)
    else:
        print_line(table(rows))


def row(record: Any) -> dict[str, Any]:
    """Return a record's fields and, after them, its properties."""
    derived = [name for name, value in vars(type(record)).items() if isinstance(value, property)]
    return dataclasses.asdict(record) | {name: getattr(record, name) for name in derived}


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return one line per record under the names of its fields."""
    head = list(rows[0])
    body = [[f"{value:.4g}" if isinstance(value, float) else str(value) for value in row.values()] for row in rows]
    numbers = [i for i, value in enumerate(rows[0].values()) if isinstance(value, int | float)]
    return aligned([head, *body], right=numbers)
