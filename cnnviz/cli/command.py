"""The command line's entry: from its words to an exit code, 0, or 2 with one sentence on stderr."""

import os
import sys
import traceback
from argparse import ArgumentError, ArgumentParser, Namespace
from collections.abc import Sequence
from types import MappingProxyType

from cnnviz.cli import (
    attribute_command,
    bench_command,
    evaluate_command,
    export_command,
    lesson_command,
    list_command,
    trace_command,
    train_command,
)
from cnnviz.cli.output import prepare_streams, print_error, print_line
from cnnviz.errors import UserError
from cnnviz.text import Text, load, match_language

COMMANDS = MappingProxyType(
    {
        "list": list_command,
        "trace": trace_command,
        "train": train_command,
        "evaluate": evaluate_command,
        "attribute": attribute_command,
        "export": export_command,
        "lesson": lesson_command,
        "bench": bench_command,
    }
)
"""Each a module with `add_arguments(parser)` and `run(arguments, text)`; its help stands at `help.<name>`."""

FAILED, WRONG_CALL, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141


def main(words: Sequence[str]) -> int:
    """Run the command in the words after `python -m cnnviz`; return the exit code."""
    language = match_language(os.environ.get("CNNVIZ_LANG"))
    prepare_streams()
    try:
        return _answer(words, language)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED


def _answer(words: Sequence[str], language: str) -> int:
    try:
        _run(words, load("cli", language))
    except UserError as error:
        print_error(error, language)
        return WRONG_CALL
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get("CNNVIZ_DEBUG"):
            traceback.print_exc()
        print_error(UserError("program_error", why=f"{type(error).__name__}: {error}"), language)
        return FAILED
    return 0


def _run(words: Sequence[str], t: Text) -> None:
    known = [*COMMANDS]
    if not words:
        raise UserError("command_missing", known=known)
    name, *rest = words
    if name in ("-h", "--help"):
        print_line(t("help.commands"))
        return
    if name not in COMMANDS:
        raise UserError("command_unknown", name=name, known=known)
    arguments = parse(name, rest)
    if arguments.help:
        print_line(t(f"help.{name}"))
        return
    COMMANDS[name].run(arguments, t)


def parse(name: str, words: Sequence[str]) -> Namespace:
    """Return the arguments of the command `name`.

    Raises:
        UserError: `argument_wrong` or `argument_unknown`.
    """
    parser = command_parser(name)
    help_call = f"python -m cnnviz {name} --help"
    try:
        arguments, unknown = parser.parse_known_args(words)
    except ArgumentError as error:
        raise UserError("argument_wrong", argument=error.argument_name, help=help_call) from error
    if unknown and not arguments.help:
        raise UserError("argument_unknown", command=name, argument=unknown[0], help=help_call)
    return arguments


def command_parser(name: str) -> ArgumentParser:
    """Return the parser of the command `name`; nothing is required, so that each command words what it misses."""
    parser = ArgumentParser(prog=f"python -m cnnviz {name}", add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("-h", "--help", action="store_true")
    COMMANDS[name].add_arguments(parser)
    return parser
