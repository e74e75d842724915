"""The mark of a folder of runs: by it a node tells whether it sees the same folder as the servers."""

import os
import secrets
from pathlib import Path

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason

MARK = ".cluster"
"""The file of the mark."""


def make_mark(root: Path) -> str:
    """Return the mark of the folder, written now where it has none.

    Raises:
        UserError: `run_disk`.
    """
    path = root / MARK
    beside = path.with_name(f"{MARK}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        if not path.exists():
            beside.write_text(secrets.token_hex(8), encoding="ascii")
            try:
                os.link(beside, path)  # of several servers that begin at once, one writes it
            except FileExistsError:
                pass
            finally:
                beside.unlink()
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise UserError("run_disk", path=path, why=error_reason(error)) from error


def read_mark(root: Path) -> str:
    """Return the mark of the folder, "" where it has none or is not there."""
    try:
        return (root / MARK).read_text(encoding="ascii")
    except OSError:
        return ""
