"""Where the files of image sets are looked for, and where downloads go."""

import os
import sys
from pathlib import Path

from cnnviz.paths import user_path


def cache_folder() -> Path:
    """Where downloads go: `$XDG_CACHE_HOME/cnnviz/data`, by default `~/.cache/cnnviz/data`; on Windows below
    `%LOCALAPPDATA%`."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or user_path("~") / "AppData" / "Local"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or user_path("~") / ".cache"
    return Path(base) / "cnnviz" / "data"


def search_folders(data_dir: Path | None = None) -> tuple[Path, ...]:
    """The folders looked into, in this order: the one given, `$CNNVIZ_DATA`, the cache folder."""
    named = os.environ.get("CNNVIZ_DATA")
    folders = [data_dir, Path(named) if named else None, cache_folder()]
    return tuple(dict.fromkeys(user_path(folder) for folder in folders if folder is not None))
