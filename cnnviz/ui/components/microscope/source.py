"""The component's JavaScript as one module: colours, numbers and legend of the canvas, and the files of js/."""

from functools import cache
from pathlib import Path

from cnnviz.ui.components.canvas import source as canvas

_HERE = Path(__file__).parent

SHARED = ("numbers", "colour", "dom", "legend")
"""Files of the canvas, so that equal colour means equal number here and there."""

ORDER = ("written", "windows", "tables", "trail", "main")
"""Each file imports only from files before it."""


@cache
def script() -> str:
    """The microscope as one ES module."""
    own = {name: (_HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in ORDER}
    parts = [canvas.enclosed(name, canvas.read(name)) for name in SHARED]
    return "\n".join([*parts, *(canvas.enclosed(name, text) for name, text in own.items())])


@cache
def styles() -> str:
    """The style sheet."""
    return (_HERE / "microscope.css").read_text(encoding="utf-8")
