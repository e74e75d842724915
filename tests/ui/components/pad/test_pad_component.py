"""The pad's message can be read again, and what a browser sends is taken only where it is a drawing."""

import json

import numpy as np
import pytest

from cnnviz.data.pen_drawing import MOST_POINTS
from cnnviz.ui.components.pad.pad_view import pack, parse_drawing


@pytest.mark.parametrize("words", ["a", "ab", "abc", "abcd", "数字"])
def test_a_message_holds_its_header_and_then_its_values(words: str) -> None:
    values = np.array([1.5, -2.0, 3.25], "<f4")
    message = pack({"words": words}, values.tobytes())
    length = int.from_bytes(message[:4], "little")
    assert json.loads(message[4 : 4 + length]) == {"words": words}
    start = -(-(4 + length) // 4) * 4
    assert np.frombuffer(message[start:], "<f4").tolist() == values.tolist()


def test_a_drawing_from_the_browser_is_taken() -> None:
    assert parse_drawing({"strokes": "0102.zz", "turn": 3, "done": True}) == ("0102.zz", 3, True)
    assert parse_drawing({"strokes": "", "turn": 0}) == ("", 0, False)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"strokes": None, "turn": 1},
        {"strokes": "0", "turn": 1},
        {"strokes": "00" * (MOST_POINTS + 1), "turn": 1},
        {"strokes": "<script>", "turn": 1},
        {"strokes": "00", "turn": -1},
        {"strokes": "00", "turn": 1.5},
        {"strokes": "00", "turn": True},
        {"strokes": ["00"], "turn": 1},
    ],
)
def test_anything_else_is_left(state: dict[str, object]) -> None:
    assert parse_drawing(state) is None
