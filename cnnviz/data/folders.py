"""Where the files of image sets are looked for, and where downloads go."""

import os
from pathlib import Path

from platformdirs import user_cache_path

from cnnviz.paths import user_path


def cache_folder() -> Path:
    """Return where downloads go: `cnnviz/data` in the user's cache folder, on Linux `~/.cache/cnnviz/data`."""
    return user_cache_path("cnnviz", appauthor=False) / "data"


def search_folders(data_dir: Path | None = None) -> tuple[Path, ...]:
    """The folders looked into, in this order: the one given, `$CNNVIZ_DATA`, the cache folder."""
    named = os.environ.get("CNNVIZ_DATA")
    folders = [data_dir, Path(named) if named else None, cache_folder()]
    return tuple(dict.fromkeys(user_path(folder) for folder in folders if folder is not None))
