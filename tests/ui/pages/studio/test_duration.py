"""Lengths of time are told as exactly as a reader wants them."""

import pytest

from cnnviz.text import load
from cnnviz.ui.pages.studio.duration import describe_duration


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "1 s"),
        (1.2, "2 s"),
        (100, "100 s"),
        (101, "2 min"),
        (6000, "100 min"),
        (6001, "1.7 h"),
        (7.2e6, "2,000.0 h"),
    ],
)
def test_seconds_then_minutes_then_hours(seconds: float, said: str) -> None:
    assert describe_duration(seconds, load("pages/studio")) == said
