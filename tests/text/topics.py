"""The topics of the visible words."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "cnnviz" / "text"
TOPICS = sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.toml"))
"""Such as `pages/walkthrough`."""
