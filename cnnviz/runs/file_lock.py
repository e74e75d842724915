"""A file lock that the operating system releases when the process that holds it ends."""

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cnnviz.errors import UserError

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes], shared: bool) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: IO[bytes], shared: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


@contextlib.contextmanager
def lock_file(path: Path, patience: float = 2.0) -> Iterator[None]:
    """Hold the lock on `path` inside the `with` block; wait for it up to `patience` seconds.

    Raises:
        UserError: `run_busy` where another process holds it, `run_disk` where it cannot be made.
    """
    try:
        file = path.open("ab")
    except OSError as error:
        raise UserError("run_disk", path=path, why=error.strerror) from error
    with file:
        until = time.monotonic() + patience
        while True:
            try:
                _take(file, shared=False)
                break
            except OSError as error:
                if time.monotonic() > until:
                    raise UserError("run_busy", path=path.parent) from error
                time.sleep(0.02)  # a look by `is_held` lasts no longer
        yield


def is_locked(path: Path) -> bool:
    """Return True while a living process holds the lock on `path`."""
    try:
        with path.open("rb") as file:
            _take(file, shared=True)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
