"""Draw the arithmetic of one value in the browser."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnviz.text import load
from cnnviz.trace.explain.explanation import Explanation, Index, SourceCell
from cnnviz.ui.components.figure import FIGURE_STYLES
from cnnviz.ui.core.component_files import component

WORDS = (
    "place.map",
    "place.vector",
    "place.input",
    "value",
    "follow",
    "trail.title",
    "trail.back",
    "window.title",
    "window.kernel",
    "window.products",
    "window.shares",
    "window.cell",
    "window.padding",
    "window.winner",
    "window.partial",
    "window.hint",
    "legend.values",
    "legend.weights",
    "legend.products",
    "terms.title",
    "terms.label",
    "terms.operand",
    "terms.weight",
    "terms.value",
    "sum.title",
    "sum.bias",
    "sum.total",
    "sum.line",
    "sum.alone",
    "facts.title",
    "formula.title",
    "pixel.end",
)
"""The keys of `text/microscope.toml`, all of them said in the browser."""

microscope_component = component(
    "cnnviz_microscope", "components/microscope/js/main.js", "components/microscope/microscope.css", FIGURE_STYLES
)


@dataclass(frozen=True, slots=True)
class Pixel:
    """A pixel of the network's input, at which every trail ends."""

    index: Index
    value: float
    shape: tuple[int, ...]
    """(C, H, W) of the input."""


def microscope(
    subject: Explanation | Pixel,
    *,
    key: str,
    language: str,
    trail: Sequence[SourceCell] = (),
    label: str = "",
    figure: Mapping[str, Any] | None = None,
    on_move: Callable[[], None] | None = None,
    on_reveal: Callable[[], None] | None = None,
) -> None:
    """Draw the arithmetic of a value; `label` names its channel, `trail` holds the values that the user came by, and
    `figure` what the button that saves it says, as `figure_data` returns it.

    `on_move` is called before the next run, with what was clicked in `st.session_state[key]`; without it nothing can be
    clicked. With `on_reveal` the value and its total stand covered, with a button that calls it.
    """
    data = payload(subject, language, trail, label) | {"moves": on_move is not None, "figure": figure}
    if on_reveal is not None:
        data = _covered(data, load("shell", language)("ask.show"))
    called = {
        "on_follow_change": on_move,
        "on_back_change": on_move,
        "on_reveal_change": on_reveal,
    }
    microscope_component(key=key, data=data, **{name: call for name, call in called.items() if call is not None})


def _covered(data: dict[str, Any], button: str) -> dict[str, Any]:
    """Return the payload without the value and what tells it."""
    found = data["explanation"] | {"value": None, "total": None, "formula": ""}
    return data | {"explanation": found, "covered": button}


def payload(
    subject: Explanation | Pixel, language: str, trail: Sequence[SourceCell] = (), label: str = ""
) -> dict[str, Any]:
    """Return the numbers, places and words for the browser."""
    words = load("microscope", language)
    pixel = explanation = None
    if isinstance(subject, Pixel):
        pixel = {"index": list(subject.index), "value": subject.value, "shape": list(subject.shape)}
    else:
        explanation = subject.to_json(language)
        explanation.pop("sources")
    return {
        "language": language,
        "words": {name: words(name) for name in WORDS},
        "label": label,
        "explanation": explanation,
        "pixel": pixel,
        "trail": [cell.to_json() for cell in trail],
    }
