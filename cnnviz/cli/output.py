"""Lines for a terminal: what a user's names hold can't move its cursor or recolour it."""

import io
import json
import math
import os
import sys
from typing import Any, TextIO

from cnnviz.errors import UserError
from cnnviz.text.printable import escape_hidden


def prepare_streams() -> None:
    """Let any text be printed: to a console that lacks its characters, and where output was closed by the caller."""
    for number in range(3):  # else the next file that is opened takes the number, and what is printed
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console that knows no ×


def print_line(text: str, file: TextIO | None = None) -> None:
    """Print the lines of `text`, at once.

    Raises:
        BrokenPipeError: whoever read the output has left.
        UserError: `output_unwritable`.
    """
    _print("\n".join(map(escape_hidden, text.split("\n"))), file)


def print_error(error: UserError, language: str) -> None:
    """Print the sentence on one line of stderr."""
    print_line(" ".join(error.describe(language).split()), sys.stderr)


def print_json(document: Any) -> None:
    """Print one JSON document on a line; a number that is none is null, which JSON knows."""
    try:
        line = json.dumps(document, allow_nan=False)
    except ValueError:
        line = json.dumps(_without_nan(document), allow_nan=False)
    _print(line)


def _print(text: str, file: TextIO | None = None) -> None:
    try:
        print(text, file=file, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError("output_unwritable", why=error.strerror or error) from error


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
