"""A length of time in words, as exact as a user wants it."""

from math import ceil

from cnnviz.text import Text

MOST = 100
"""Seconds, and minutes, up to which they are counted."""


def describe_duration(seconds: float, t: Text) -> str:
    """Return whole seconds, then whole minutes, then hours with one decimal: at least 1 s."""
    if seconds <= MOST:
        return t("duration.seconds", count=max(1, ceil(seconds)))
    if seconds <= 60 * MOST:
        return t("duration.minutes", count=ceil(seconds / 60))
    return t("duration.hours", count=f"{seconds / 3600:,.1f}")
