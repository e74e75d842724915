"""Files fetched from the places that publish them, kept only if their checksum is the published one."""

import hashlib
import http.client
import os
import tempfile
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz.errors import Refusal

TIMEOUT = 20.0
"""Seconds that a server may stay silent."""
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A published file: its name, its size in bytes, its MD5, and the addresses it is found at."""

    name: str
    size: int
    md5: str
    urls: tuple[str, ...]


def fetch(file: RemoteFile, folder: Path, dataset: str, looked: Sequence[Path],
          arrived: Callable[[int], None] = lambda number: None) -> Path:
    """The path of `file` in `folder`, whole and checked; another thread or process never sees half of it.

    `arrived` is called with the bytes of each block.

    Raises:
        Refusal: `data_missing` where no address could be reached, `data_download` where what came is not the
            file, `data_folder` where `folder` cannot be written.
    """
    path = folder / file.name
    wrong = False
    for url in file.urls:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=folder)
        except OSError as error:
            raise Refusal("data_folder", dataset=dataset, folder=folder,
                          reason=error.strerror or error) from error
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                if _copy(url, target.write, file.size, arrived) == file.md5:
                    target.flush()
                    os.fsync(target.fileno())
                    target.close()
                    part.replace(path)
                    return path
            wrong = True
        except (OSError, http.client.HTTPException, ValueError):
            continue
        finally:
            part.unlink(missing_ok=True)
    if wrong:
        raise Refusal("data_download", dataset=dataset, url=file.urls[0], folder=folder)
    raise Refusal("data_missing", dataset=dataset, looked=", ".join(map(str, looked)), url=file.urls[0],
                  folder=folder)


def _copy(url: str, write: Callable[[bytes], int], size: int, arrived: Callable[[int], None]) -> str:
    """Writes at most `size` bytes and one more; their MD5."""
    digest, left = hashlib.md5(usedforsecurity=False), size + 1
    with urllib.request.urlopen(urllib.request.Request(url, headers={"User-Agent": "cnnviz"}),
                                timeout=TIMEOUT) as answer:
        while left > 0 and (block := answer.read(min(_BLOCK, left))):
            write(block)
            digest.update(block)
            left -= len(block)
            arrived(len(block))
    return digest.hexdigest()
