"""The component's JavaScript as one module: the small files of js/, joined."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "js"

ORDER = (
    "tensors",
    "numbers",
    "colour",
    "stats",
    "field",
    "grid",
    "surface",
    "paint",
    "bars",
    "marks",
    "dom",
    "legend",
    "export",
    "lens",
    "view",
    "maps_view",
    "image_view",
    "pointer",
    "keyboard",
    "toolbar",
    "readout",
    "actions",
    "app",
)
"""Each file imports only from files before it."""

_IMPORT = re.compile(r"""^import \{(.*?)\} from "\./(\w+)\.js";$""", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export (?:const|class|function) (\w+)", re.MULTILINE)
_COMMENT = re.compile(r"^\s*//.*$\n?", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def read(name: str) -> str:
    """The text of `js/<name>.js`."""
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")


@cache
def script() -> str:
    """The canvas as one ES module, without comment lines and indentation."""
    return "\n".join(enclosed(name, read(name)) for name in ORDER)


@cache
def carrier() -> str:
    """The module that puts one tensor into the page's store."""
    return read("carrier")


@cache
def styles() -> str:
    """The style sheet."""
    return (FOLDER.parent / "canvas.css").read_text(encoding="utf-8")


def joined(shared: Sequence[str], folder: Path, order: Sequence[str]) -> str:
    """Return one ES module of the canvas's files `shared` and those of another component's `folder`, each of which
    imports only from files before it."""
    parts = [enclosed(name, read(name)) for name in shared]
    return "\n".join([*parts, *(enclosed(name, (folder / f"{name}.js").read_text(encoding="utf-8")) for name in order)])


def enclosed(name: str, text: str) -> str:
    """One file as a part of the module: a function with its own private names; the last stays open."""
    exports = ", ".join(_EXPORT.findall(text))
    body = _IMPORT.sub(r"const {\1} = \2_js;", text)
    body = re.sub(r"^export (?!default)", "", body, flags=re.MULTILINE)
    body = _INDENT.sub("", _COMMENT.sub("", body))
    return f"const {name}_js = (() => {{\n{body}return {{ {exports} }};\n}})();" if exports else body
