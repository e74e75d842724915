"""The component's JavaScript as one module: colours, numbers and marks of the canvas, and the files of js/."""

from functools import cache
from pathlib import Path

from cnnviz.ui.components.canvas import source as canvas

FOLDER = Path(__file__).parent / "js"

SHARED = ("numbers", "colour", "field", "surface", "paint", "marks", "dom", "legend", "export")
"""Files of the canvas, so that equal colour means equal number here and there."""

ORDER = ("reach", "brush", "panel", "tools", "link", "sheet", "input", "main")
"""Each file imports only from files before it."""


@cache
def script() -> str:
    """The overlays as one ES module."""
    return canvas.joined(SHARED, FOLDER, ORDER)


@cache
def styles() -> str:
    """The canvas's style sheet, and what is different here."""
    return canvas.styles() + (FOLDER.parent / "overlays.css").read_text(encoding="utf-8")
