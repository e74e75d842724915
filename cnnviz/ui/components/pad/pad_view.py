"""Draw the pad on a page, from one message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from cnnviz.data.pen_drawing import EXAMPLE_DIGITS, MOST_POINTS, PEN, PLACES, PenDrawing
from cnnviz.text import load
from cnnviz.ui.core import url
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_message import pack_message
from cnnviz.ui.core.component_value import component_value, is_whole_below
from cnnviz.ui.core.url import Name, Param

DRAWN = "drawn"
"""The user's drawing among the images that a page can be about."""
_TURN = "pad.turn"
"""The turn of the browser that the session heard last, which an answer names, and whether the pen was up."""

pad_component = component("cnnviz_pad", "components/pad/js/main.js", "components/pad/pad.css")


@dataclass(frozen=True, slots=True)
class StrokesText(Name):
    """The text of a drawing."""

    def parse(self, value: Any, option: str = "value") -> str:
        """Return the text as `PenDrawing` writes it.

        Raises:
            ValueError: a text that is no drawing.
        """
        return PenDrawing.parse(Name.parse(self, value, option)).format()


STROKES = Param("strokes", StrokesText("strokes of the pen", longest=10_000), "")
"""The user's drawing, on every page that shows one."""


@dataclass(frozen=True, slots=True)
class LayerPicture:
    """A picture beside the pad: the output of a layer, and the address that a click on it opens."""

    name: str
    shape: tuple[int, ...]
    """(C, H, W) or (F,)"""
    lines: tuple[str, ...]
    """What stands below it."""
    alt: str
    href: str
    """The address that a click opens; the page is told its name, so that it can change without a reload."""


@dataclass(frozen=True, slots=True)
class ClassScores:
    """The network's class scores of the drawing, as numbers and in words."""

    headline: str
    labels: tuple[str, ...]
    shares: tuple[float, ...]
    """Of each label, in [0, 1]."""
    written: tuple[str, ...]
    """The shares as text."""
    href: str
    """The address that a click on the scores opens."""
    notes: tuple[str, ...] = ()


def draw_pad(
    *,
    key: str,
    language: str,
    live: bool = True,
    layers: Sequence[LayerPicture] = (),
    values: bytes = b"",
    answer: ClassScores | None = None,
    on_open: Callable[[str], None] | None = None,
) -> None:
    """Draw the pad with the drawing that the session holds under `STROKES`, and with the pictures and scores beside it.

    Args:
        key: unique on the page.
        language: of the words.
        live: each move of the pen is told; else the end of a stroke alone.
        layers: the pictures beside the pad.
        values: their outputs one after the other, float32, little-endian; empty while nothing is drawn.
        answer: what is predicted; None while nothing is drawn.
        on_open: called before the next run with the name of the picture that was clicked, "" for the scores.
    """
    words = load("pad", language)
    header = {
        "language": language,
        "words": dict(zip(words.keys(), map(words, words.keys()), strict=True)),
        "strokes": st.session_state.get(STROKES.name, ""),
        "turn": st.session_state.get(_TURN, (0, True))[0],
        "places": PLACES,
        "pen": PEN,
        "most": MOST_POINTS,
        "examples": [example.format() for example in EXAMPLE_DIGITS],
        "live": live,
        "layers": [asdict(layer) for layer in layers],
        "answer": None if answer is None else asdict(answer),
    }

    def on_drawing() -> None:
        found = parse_drawing(component_value(key, "drawing"))
        if found is not None:
            strokes, turn, done = found
            st.session_state[_TURN] = turn, done
            url.put(STROKES, strokes)

    def on_picture() -> None:
        name = component_value(key, "open").get("layer")
        if on_open is not None and (name == "" or name in [layer.name for layer in layers]):
            on_open(name)

    pad_component(key=key, data=pack_message(header, values), on_drawing_change=on_drawing, on_open_change=on_picture)


def is_pen_up() -> bool:
    """Return whether the last stroke has ended: until then the address does not follow it."""
    return st.session_state.get(_TURN, (0, True))[1]


def parse_drawing(state: Mapping[str, object]) -> tuple[str, int, bool] | None:
    """Return the strokes, the turn, and whether the pen is up, as the browser sent them; None for anything else.

    The turn is the browser's count of its messages, which an answer names."""
    text, turn = state.get("strokes"), state.get("turn")
    if not isinstance(text, str) or not is_whole_below(turn, 2**53):
        return None
    try:
        return STROKES.parse(text), turn, state.get("done") is True
    except ValueError:
        return None
