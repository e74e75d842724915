"""Files of the MNIST family: whole numbers in one block behind a small header."""

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cnnviz.errors import Refusal


def find_idx(folder: Path, name: str) -> Path | None:
    """The file `name` in `folder`, or the same packed with gzip; None where there is neither."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def read_idx(path: Path, item_shape: tuple[int, ...], count: int) -> np.ndarray:
    """The first `count` items of an IDX file of bytes, packed or not: uint8 (n, *item_shape), n ≤ `count`.

    Raises:
        Refusal: `data_broken` where the header or the length is not that of such a file.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return _read(file, item_shape, count)  # type: ignore[arg-type]
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise Refusal("data_broken", path=path) from error


def _read(file: BinaryIO, item_shape: tuple[int, ...], count: int) -> np.ndarray:
    header = np.frombuffer(file.read(4 * (len(item_shape) + 2)), dtype=">u4")
    magic = 0x0800 + len(item_shape) + 1  # 08: unsigned bytes, then the number of axes
    if len(header) != len(item_shape) + 2 or header[0] != magic or tuple(header[2:]) != item_shape:
        raise ValueError("header")
    number = min(int(header[1]), count)
    data = file.read(number * int(np.prod(item_shape)))
    return np.frombuffer(data, dtype=np.uint8).reshape(number, *item_shape)
