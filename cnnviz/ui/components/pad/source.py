"""The component's JavaScript as one module: colours and elements of the canvas, and the files of js/."""

from functools import cache
from pathlib import Path

from cnnviz.ui.components.canvas import source as canvas

FOLDER = Path(__file__).parent / "js"

SHARED = ("numbers", "colour", "dom")
"""Files of the canvas, so that equal colour means equal number here and there."""

ORDER = ("strokes", "sheet", "layers", "scores", "main")
"""Each file imports only from files before it."""


@cache
def script() -> str:
    """Return the pad as one ES module."""
    return canvas.joined(SHARED, FOLDER, ORDER)


@cache
def styles() -> str:
    """Return the style sheet."""
    return (FOLDER.parent / "pad.css").read_text(encoding="utf-8")
