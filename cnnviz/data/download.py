"""Files fetched from the places that publish them, kept only if their checksum is the published one."""

import hashlib
import http.client
import os
import tempfile
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz.errors import UserError

TIMEOUT = 20.0
"""Seconds that a server may stay silent."""
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A published file: its name, its size in bytes, its hash, and the addresses it is found at."""

    name: str
    size: int
    """Bytes, at most."""
    md5: str
    """"" where `sha256` is published instead."""
    urls: tuple[str, ...]
    sha256: str = ""
    """As many of its first digits as are published."""

    def is_whole(self, digest: str) -> bool:
        """Return True where `digest` is that of this file."""
        return digest == self.md5 if self.md5 else bool(self.sha256) and digest.startswith(self.sha256)


class FolderError(OSError):
    """A folder in which nothing can be written."""


def fetch(
    file: RemoteFile,
    folder: Path,
    dataset: str,
    looked: Sequence[Path],
    arrived: Callable[[int], None] = lambda number: None,
    beside: Sequence[RemoteFile] = (),
) -> Path:
    """Return the path of `file` in `folder`, whole and checked; another thread or process never sees half of it.

    `arrived` is called with the bytes of each block; `beside` are the files that the set lacks too, to be named where
    there is no network.

    Raises:
        UserError: `data_missing` where no address could be reached, `data_download` where what came is not the
            file, `data_folder` where `folder` cannot be written.
    """
    try:
        path, wrong = _receive(file, folder, arrived)
    except FolderError as error:
        raise UserError("data_folder", dataset=dataset, folder=folder, reason=error.strerror or error) from error
    if path is not None:
        return path
    if wrong:
        raise UserError("data_download", dataset=dataset, url=file.urls[0], folder=folder)
    raise UserError(
        "data_missing",
        dataset=dataset,
        looked=[*looked],
        folder=folder,
        url=", ".join(one.urls[0] for one in (file, *beside)),
    )


def fetch_weights(file: RemoteFile, folder: Path, arrived: Callable[[int], None] = lambda number: None) -> Path:
    """Fetch a file of weights, as `fetch` does a data set's.

    Raises:
        UserError: `weights_offline`, `weights_download` or `weights_folder`.
    """
    try:
        path, wrong = _receive(file, folder, arrived)
    except FolderError as error:
        raise UserError("weights_folder", name=file.name, folder=folder, reason=error.strerror or error) from error
    if path is not None:
        return path
    if wrong:
        raise UserError("weights_download", url=file.urls[0], folder=folder)
    raise UserError("weights_offline", name=file.name, url=file.urls[0], folder=folder)


def _receive(file: RemoteFile, folder: Path, arrived: Callable[[int], None]) -> tuple[Path | None, bool]:
    """Return the path of the file, or None and whether something else came; what did not end well leaves nothing."""
    path = folder / file.name
    wrong = False
    for url in file.urls:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=folder)
        except OSError as error:
            raise FolderError(error.errno, error.strerror) from error
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                if file.is_whole(_copy(url, target.write, file, arrived)):
                    target.flush()
                    os.fsync(target.fileno())
                    target.close()
                    part.replace(path)
                    return path, False
            wrong = True
        except (OSError, http.client.HTTPException, ValueError):
            continue
        finally:
            part.unlink(missing_ok=True)
    return None, wrong


def _copy(url: str, write: Callable[[bytes], int], file: RemoteFile, arrived: Callable[[int], None]) -> str:
    """Write at most the file's bytes and one more; return their hash."""
    digest = hashlib.md5(usedforsecurity=False) if file.md5 else hashlib.sha256()
    left = file.size + 1
    with urllib.request.urlopen(
        urllib.request.Request(url, headers={"User-Agent": "cnnviz"}), timeout=TIMEOUT
    ) as answer:
        while left > 0 and (block := answer.read(min(_BLOCK, left))):
            write(block)
            digest.update(block)
            left -= len(block)
            arrived(len(block))
    return digest.hexdigest()
