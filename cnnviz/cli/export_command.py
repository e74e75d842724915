"""`export`: a network of a Python file as one safetensors file, its structure beside its weights.

The file is run, on the machine and by the wish of whoever calls the command; what it writes is data alone.
"""

import runpy
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.cli.output import print_json, print_line
from cnnviz.errors import UserError
from cnnviz.paths import path_kind, user_path
from cnnviz.text import Text

if TYPE_CHECKING:
    from torch import nn


def add_arguments(parser: ArgumentParser) -> None:
    """Add `FILE.py:NAME`, `--input`, `--out` and `--json`."""
    parser.add_argument("network", nargs="?")
    parser.add_argument("--input")
    parser.add_argument("--out")
    parser.add_argument("--json", action="store_true")


def run(arguments: Namespace, t: Text) -> None:
    """Run the file, follow its network once, and write the file of both.

    Raises:
        UserError: a word that is missing, a file or a name that is not there, or a network that has no such form.
    """
    for name, word in (("FILE.py:NAME", arguments.network), ("--input", arguments.input), ("--out", arguments.out)):
        if word is None:
            raise UserError("argument_missing", command="export", argument=name, help="python -m cnnviz export --help")
    from cnnviz.definitions import build, definition_of, to_safetensors
    from cnnviz.definitions.checks import check_image_shape

    numbers = arguments.input.split(",")
    shape = check_image_shape([int(one) if one.isdecimal() else one for one in numbers])
    file, _, name = arguments.network.rpartition(":")
    model = _loaded(user_path(file), name)
    definition = definition_of(model, shape, name)
    state = model.state_dict()
    data = to_safetensors(definition, {key: state[key] for key in build(definition, device="meta").state_dict()})
    out = user_path(arguments.out)
    try:
        out.write_bytes(data)
    except OSError as error:
        raise UserError("output_unwritable", why=error.strerror or error) from error
    count = sum(parameter.numel() for parameter in model.parameters())
    if arguments.json:
        print_json({"out": str(out), "params": count, "operations": len(definition.nodes)})
    else:
        print_line(t("export.said", out=out, params=f"{count:,}", operations=len(definition.nodes)))


def _loaded(path: Path, name: str) -> "nn.Module":
    """Return the network called `name` of a file: an object, or a class or function that makes one."""
    from torch import nn

    if path_kind(path) != "file":
        raise UserError("export_file", path=path)
    found: Any = runpy.run_path(str(path), run_name="cnnviz_export").get(name)
    if not isinstance(found, nn.Module) and callable(found):
        found = found()
    if not isinstance(found, nn.Module):
        raise UserError("export_name", path=path, name=name)
    return found.eval().cpu()
