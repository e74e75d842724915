"""The button that saves the object around it as a figure: PNG at twice the size, SVG, and what else it can be."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cnnviz.text import Text, load
from cnnviz.ui.core import shell
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_value import component_value

FIGURE_STYLES = "components/figure/figure.css"
"""The style sheet of the button, for components that draw it themselves."""
figure_component = component("cnnviz_figure", "components/figure/js/main.js", FIGURE_STYLES)


@dataclass(frozen=True, slots=True)
class FigureFile:
    """A form of a figure that the server makes when it is asked for."""

    form: str
    """Its label is `form.<form>` of `text/figure.toml`."""
    file: str
    """The name of the file, with its ending."""
    kind: str
    """The media type."""
    make: Callable[[], bytes]


def draw_figure_button(name: str, t: Text, *, caption: str = "", files: Sequence[FigureFile] = ()) -> None:
    """Draw the button for the stage `name` that stands around it; a file of the server's costs no run of the page."""
    if files:
        shell.fragment()(_draw)(name, t.language, caption, files)
    else:
        _draw(name, t.language, caption, files)


def figure_data(name: str, language: str, caption: str = "", files: Sequence[FigureFile] = ()) -> dict[str, Any]:
    """Return what the button of the stage `name` says, for a component that draws it below itself."""
    words = load("figure", language)
    return {
        "language": language,
        "name": name,
        "caption": caption,
        "button": words("button"),
        "help": words("help"),
        "forms": {form: words(f"form.{form}") for form in ("png", "svg", *(file.form for file in files))},
        "file": None,
    }


def _draw(name: str, language: str, caption: str, files: Sequence[FigureFile]) -> None:
    data, key = figure_data(name, language, caption, files), f"figure-{name}"
    asked = component_value(key, "make")
    made = next((file for file in files if file.form == asked.get("form")), None)
    if made is not None:
        data["file"] = {
            "serial": str(asked.get("serial"))[:40],
            "name": made.file,
            "kind": made.kind,
            "bytes": base64.b64encode(made.make()).decode(),
        }
    figure_component(key=key, data=data, on_make_change=lambda: None)
