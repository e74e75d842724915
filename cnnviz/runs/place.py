"""Where runs are kept."""

import os
import sys
from pathlib import Path

from cnnviz.paths import user_path


def runs_folder() -> Path:
    """`$CNNVIZ_RUNS`, or `cnnviz/runs` in the user's data folder.

    That is `%LOCALAPPDATA%` on Windows, `~/Library/Application Support` on macOS, and elsewhere
    `$XDG_DATA_HOME`, by default `~/.local/share`.
    """
    named = os.environ.get("CNNVIZ_RUNS")
    if named:
        return user_path(named)
    home = user_path("~")
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "cnnviz" / "runs"
