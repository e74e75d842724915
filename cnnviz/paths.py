"""Paths that a user names, and the folders of the program's own files."""

import errno
import os
import stat
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_data_path

from cnnviz.errors import UserError

Kind = Literal["file", "folder", "device", ""]
"""What stands at a path: "device" for pipes, sockets and devices, "" for nothing."""


def user_path(word: str | os.PathLike[str]) -> Path:
    """Return the absolute path that `word` names, with `~` replaced; nothing need be there.

    Raises:
        UserError: `path_unusable` for a path that the system can't have or doesn't let us into.
    """
    try:
        path = Path(word).expanduser().absolute()
    except (OSError, RuntimeError) as error:  # no such user, or the working folder is gone
        raise UserError("path_unusable", path=os.fspath(word), why=_reason(error)) from error
    path_kind(path)
    return path


def path_kind(path: Path) -> Kind:
    """Return what stands at `path`, links followed.

    Raises:
        UserError: `path_unusable` for a name that is too long, links that lead in a circle, a null byte, or a
            path or folder that we may not look into.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError) as error:
        raise UserError("path_unusable", path=path, why=_reason(error)) from error
    if not stat.S_ISDIR(mode):
        return "file" if stat.S_ISREG(mode) else "device"
    if not os.access(path, os.X_OK):
        raise UserError("path_unusable", path=path, why=os.strerror(errno.EACCES))
    return "folder"


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        UserError: `path_unusable` where it can't be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError("path_unusable", path=path, why=_reason(error)) from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).rstrip(".")


def cache_folder() -> Path:
    """Return the folder of downloads: `cnnviz/data` in the user's cache folder."""
    return user_cache_path("cnnviz", appauthor=False) / "data"


def image_set_folders(data_dir: Path | None = None) -> tuple[Path, ...]:
    """Return the folders that image sets are looked for in: the one given, `$CNNVIZ_DATA`, the cache folder."""
    named = os.environ.get("CNNVIZ_DATA")
    folders = [data_dir, Path(named) if named else None, cache_folder()]
    return tuple(dict.fromkeys(user_path(folder) for folder in folders if folder is not None))


def runs_folder() -> Path:
    """Return the folder of runs: `$CNNVIZ_RUNS`, or `cnnviz/runs` in the user's data folder."""
    named = os.environ.get("CNNVIZ_RUNS")
    return user_path(named) if named else user_data_path("cnnviz", appauthor=False) / "runs"
