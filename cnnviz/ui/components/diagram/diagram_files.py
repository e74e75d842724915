"""The diagram as files that other programs edit: LaTeX and a slide."""

from __future__ import annotations

from cnnviz.figures.diagram_layout import diagram_layout
from cnnviz.figures.diagram_tikz import diagram_tikz
from cnnviz.trace.record import Trace
from cnnviz.ui.components.figure import FigureFile
from cnnviz.ui.core.asking import ASK
from cnnviz.ui.core.present import PRESENT
from cnnviz.ui.core.toolbar import share_link

_SLIDE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def diagram_files(trace: Trace, name: str, caption: str) -> tuple[FigureFile, ...]:
    """Return the forms of the diagram of `trace` that the server makes; `name` is that of the files."""

    def make_tikz() -> bytes:
        return diagram_tikz(diagram_layout(trace), caption, _link()).encode()

    def make_slide() -> bytes:
        from cnnviz.figures.diagram_slide import diagram_slide  # with it comes python-pptx, only where it is asked for

        return diagram_slide(diagram_layout(trace), caption, _link())

    return (
        FigureFile("tikz", f"{name}.tex", "application/x-tex", make_tikz),
        FigureFile("slide", f"{name}.pptx", _SLIDE, make_slide),
    )


def _link() -> str:
    return share_link(PRESENT.name, ASK.name)
