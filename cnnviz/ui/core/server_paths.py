"""Paths as a shared server shows them: file names without the folders."""

import re
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError
from cnnviz.runs.limits import profile

_FOLDERS = re.compile(r"(?<![\w.:/\\])(?:~|[A-Za-z]:)?[/\\](?:[^/\\\s,;:\"']+[/\\])+")
"""The folders of an absolute path, up to its last name."""


def without_folders(error: UserError) -> UserError:
    """Return `error` as a user of this server may read it.

    A profile that is none is taken for a shared server.
    """
    try:
        if profile() != "hosted":
            return error
    except UserError:  # of the profile itself
        pass
    return UserError(error.key, **{name: _named(name, value) for name, value in error.values.items()})


def _named(name: str, value: Any) -> Any:
    if isinstance(value, Path) or name == "path":
        return Path(value).name
    if isinstance(value, list):
        return [_named(name, each) for each in value]
    return _FOLDERS.sub("…/", value) if isinstance(value, str) else value
