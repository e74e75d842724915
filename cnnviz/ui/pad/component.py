"""The pad on a page: registered once, everything in one message."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from cnnviz.data.drawing import EXAMPLES, MOST_POINTS, PEN, PLACES, Drawing
from cnnviz.text import Text, load
from cnnviz.ui.code import component
from cnnviz.ui.component_value import told
from cnnviz.ui.pad import source

_pad = component("cnnviz_pad", js=source.script(), css=source.styles())


@dataclass(frozen=True, slots=True)
class Layer:
    """One picture beside the pad: the output of a layer, and where a click on it leads."""

    name: str
    shape: tuple[int, ...]
    """(C, H, W) or (F,)"""
    lines: tuple[str, ...]
    """What stands below it."""
    alt: str
    href: str
    """The address that a click opens; the page is told its name, so that it can change without a reload."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network makes of the drawing."""

    headline: str
    labels: tuple[str, ...]
    shares: tuple[float, ...]
    """Of each label, in [0, 1]."""
    written: tuple[str, ...]
    """The shares as text."""
    href: str
    """The address that a click on the scores opens."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the user drew last."""

    drawing: Drawing
    turn: int
    """Counts what the browser has sent, so that it knows an answer to its latest stroke."""
    done: bool
    """The pen is up."""


def draw_pad(
    drawn: Drawn,
    *,
    key: str,
    t: Text,
    layers: Sequence[Layer] = (),
    values: bytes = b"",
    answer: Answer | None = None,
    on_draw: Callable[[Drawn], None],
    on_open: Callable[[str], None] | None = None,
) -> None:
    """Draw the pad, and beside it what there is.

    Args:
        drawn: the drawing, and the turn that `values` answer.
        key: unique on the page.
        t: any text of the page; its language is the pad's.
        layers: the pictures beside the pad.
        values: their outputs one after the other, float32, little-endian; empty while nothing is drawn.
        answer: what is predicted; None while nothing is drawn.
        on_draw: called before the next run with what was drawn.
        on_open: called before the next run with the name of the picture that was clicked, "" for the scores.
    """
    words = load("pad", t.language)
    header = {
        "language": t.language,
        "words": dict(zip(words.keys(), map(words, words.keys()), strict=True)),
        "strokes": drawn.drawing.write(),
        "turn": drawn.turn,
        "places": PLACES,
        "pen": PEN,
        "most": MOST_POINTS,
        "examples": [example.write() for example in EXAMPLES],
        "layers": [asdict(layer) for layer in layers],
        "answer": None if answer is None else asdict(answer),
    }

    def on_drawing() -> None:
        found = read_drawn(told(key, "drawing"))
        if found is not None:
            on_draw(found)

    def on_picture() -> None:
        name = told(key, "open").get("layer")
        if on_open is not None and (name == "" or name in [layer.name for layer in layers]):
            on_open(name)

    _pad(key=key, data=pack(header, values), on_drawing_change=on_drawing, on_open_change=on_picture)


def read_drawn(state: object) -> Drawn | None:
    """Return the drawing in what the browser sent; None where it holds none."""
    text, turn, done = (state.get(name) if hasattr(state, "get") else None for name in ("strokes", "turn", "done"))
    if not isinstance(text, str) or len(text) > 4 * MOST_POINTS or not isinstance(turn, int) or not 0 <= turn < 2**53:
        return None
    try:
        return Drawn(Drawing.read(text), int(turn), done is True)
    except ValueError:
        return None


def pack(header: object, values: bytes) -> bytes:
    """Return one message: the length of the JSON header, the header, and the values from a multiple of four on."""
    text = json.dumps(header).encode()
    return b"".join([len(text).to_bytes(4, "little"), text, bytes(-(4 + len(text)) % 4), values])
