"""What a browser sends is taken only where it is a drawing."""

import pytest

from cnnviz.data.pen_drawing import MOST_POINTS
from cnnviz.ui.components.pad.pad_view import parse_drawing


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
