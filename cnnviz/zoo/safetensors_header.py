"""The header of a safetensors file: which tensors lie where, checked for contradictions before anything is allocated.

The format: eight bytes with the length of the header, the header as JSON (`{"conv1.weight": {"dtype": "F32",
"shape": [6, 1, 5, 5], "data_offsets": [0, 600]}, …}`), and the tensors one after the other without a gap.
"""

import json
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError
from cnnviz.zoo.file_format import file_format

LONGEST_HEADER = 1_000_000
"""Bytes; the largest network here needs a quarter of that."""
LARGEST_FILE = 50_000_000
"""Bytes of a file that a page takes."""
LONGEST_LENGTH = 2**63
"""Above what any file can have: a header may claim whatever it likes."""

_BITS = {
    "BOOL": 8,
    "F4": 4,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
    "F8_E4M3": 8,
    "F8_E5M2": 8,
    "F8_E8M0": 8,
    "I8": 8,
    "U8": 8,
    "F16": 16,
    "BF16": 16,
    "I16": 16,
    "U16": 16,
    "F32": 32,
    "I32": 32,
    "U32": 32,
    "F64": 64,
    "I64": 64,
    "U64": 64,
    "C64": 64,
}
"""Of one value, by the format's names."""


Data = bytes | mmap.mmap
"""The bytes of a file, in memory or where it lies."""


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """One tensor of a file."""

    dtype: str
    """As the format names it: "F32", "BF16"."""
    shape: tuple[int, ...]
    first: int
    """Its first byte in the file."""
    end: int
    """The byte after its last."""


def map_file(path: Path) -> Data:
    """Return the bytes of a file of any size, read when they are asked for.

    Raises:
        UserError: `weights_unreadable`.
    """
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
    except (OSError, ValueError) as error:
        raise UserError("weights_unreadable", path=path, why=getattr(error, "strerror", None) or error) from error


def read_header(data: Data, most_bytes: int | None = LARGEST_FILE) -> dict[str, TensorEntry]:
    """Return the tensors of a file by name, without counting on anything that the header claims.

    Raises:
        UserError: `weights_empty`, `weights_large`, `weights_cut`, `weights_long`, `weights_header`, `weights_format`,
            or the key of another format, such as `weights_pickle`.
    """
    if not data:
        raise UserError("weights_empty")
    length = int.from_bytes(data[:8], "little")
    if data[8:9] == b"{" and LONGEST_HEADER < length < len(data):
        raise UserError("weights_header")
    if data[8:9] != b"{" or length > LONGEST_HEADER:
        name = file_format(data)
        raise UserError(f"weights_{name}" if name else "weights_format")
    if most_bytes is not None and len(data) > most_bytes:
        raise UserError("weights_large", megabytes=round(len(data) / 1e6), limit=most_bytes // 1_000_000)
    if len(data) < 8 + length:
        raise UserError("weights_cut", expected=8 + length, got=len(data))
    try:
        header = json.loads(data[8 : 8 + length].decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise UserError("weights_format") from error
    header.pop("__metadata__", None)
    places = {name: _place(facts, 8 + length) for name, facts in header.items()}
    _check_length(data, places, 8 + length)
    return places


def read_metadata(data: Data) -> dict[str, str]:
    """Return the texts beside the tensors in a header; none where the file is of another format.

    >>> read_metadata(b"")
    {}
    """
    length = int.from_bytes(data[:8], "little")
    if data[8:9] != b"{" or not 0 < length <= min(LONGEST_HEADER, len(data) - 8):
        return {}
    try:
        found = json.loads(data[8 : 8 + length].decode(), object_pairs_hook=_once).get("__metadata__", {})
    except (ValueError, RecursionError):
        return {}
    texts = found.items() if isinstance(found, dict) else ()
    return {name: text for name, text in texts if isinstance(text, str)}


def _check_length(data: Data, places: Mapping[str, TensorEntry], start: int) -> None:
    """Raise unless the tensors lie one after the other, from the header to the end of the file."""
    end = start
    for place in sorted(places.values(), key=lambda place: (place.first, place.end)):
        if place.first != end:  # a gap, or two tensors in one place
            raise UserError("weights_format")
        end = place.end
    if len(data) < end:
        raise UserError("weights_cut", expected=end, got=len(data))
    if len(data) > end:
        raise UserError("weights_long", expected=end, got=len(data))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _place(facts: Any, start: int) -> TensorEntry:
    try:
        dtype, shape, (first, end) = facts["dtype"], tuple(facts["shape"]), facts["data_offsets"]
        whole = all(type(number) is int and 0 <= number < LONGEST_LENGTH for number in (*shape, first, end))
    except (KeyError, TypeError, ValueError) as error:
        raise UserError("weights_format") from error
    if not whole or not isinstance(dtype, str) or len(shape) > 64 or end < first:
        raise UserError("weights_format")
    if dtype in _BITS and 8 * (end - first) != prod(shape) * _BITS[dtype]:
        raise UserError("weights_format")
    return TensorEntry(dtype, shape, start + first, start + end)
