"""The close looks that a run has recorded."""

from pathlib import Path

from cnnviz.runs.history import DetailReader, Event


def read_details(folder: Path) -> list[Event]:
    """Return those that still hold, by step."""
    looks = DetailReader(50)
    looks.follow(folder)
    return [looks[step] for step in looks.steps]
