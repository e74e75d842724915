"""A reader's safetensors file, parsed and never trusted: the weights of a known network come out, or one sentence.

The format: eight bytes with the length of the header, the header as JSON (`{"conv1.weight": {"dtype": "F32",
"shape": [6, 1, 5, 5], "data_offsets": [0, 600]}, …}`), and the tensors one after the other without a gap.
"""

import json
from collections.abc import Mapping
from math import prod
from typing import Any

import torch
from torch import Tensor

from cnnviz.errors import Refusal

LONGEST_HEADER = 1_000_000
"""Bytes; the largest network here needs a quarter of that."""
LARGEST_FILE = 50_000_000
"""Bytes of a file that is looked at."""

_FLOATS = {"F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64}
_WHOLE = {"I32": torch.int32, "I64": torch.int64}
_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
"""How torch's own files begin: a zip of pickles, or a pickle."""


def read_weights_file(data: bytes, expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of a file in the types of `expected`, the network's `state_dict` (on any device).

    Names, shapes, types and the length of the file are compared before anything is allocated.

    Raises:
        Refusal: `weights_empty`, `weights_large`, `weights_pickle`, `weights_format`, `weights_cut`,
            `weights_long`, `weights_missing`, `weights_surplus`, `weights_shape`, `weights_type` or
            `weights_infinite`.
    """
    places = check_weights_file(data, expected)
    state = {name: _tensor(data, *places[name]).to(own.dtype) for name, own in expected.items()}
    for name, tensor in state.items():
        if not bool(tensor.isfinite().all()):
            raise Refusal("weights_infinite", name=name)
    return state


Place = tuple[torch.dtype, tuple[int, ...], int, int]
"""Type, shape, and first byte and the byte after the last in the file."""


def check_weights_file(data: bytes, expected: Mapping[str, Tensor]) -> dict[str, Place]:
    """Where each tensor of `expected` lies in the file; nothing is allocated.

    Raises:
        Refusal: as `read_weights_file`, all but `weights_infinite`.
    """
    header, start = _header(data)
    for name in expected:
        if name not in header:
            raise Refusal("weights_missing", name=name)
    for name in header:
        if name not in expected:
            raise Refusal("weights_surplus", name=name[:60])
    places = {name: _place(name, header[name], own, start) for name, own in expected.items()}
    end = start
    for _, _, first, last in sorted(places.values(), key=lambda place: place[2:]):
        if first != end:  # a gap, or two tensors in one place
            raise Refusal("weights_format")
        end = last
    if len(data) < end:
        raise Refusal("weights_cut", expected=end, got=len(data))
    if len(data) > end:
        raise Refusal("weights_long", expected=end, got=len(data))
    return places


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    """What the header says of each tensor, and where the tensors begin."""
    if not data:
        raise Refusal("weights_empty")
    if len(data) > LARGEST_FILE:
        raise Refusal("weights_large", megabytes=round(len(data) / 1e6), limit=LARGEST_FILE // 1_000_000)
    if data.startswith(_PICKLES):
        raise Refusal("weights_pickle")
    length = int.from_bytes(data[:8], "little")
    if data[8:9] != b"{" or length > LONGEST_HEADER:
        raise Refusal("weights_format")
    if len(data) < 8 + length:
        raise Refusal("weights_cut", expected=8 + length, got=len(data))
    try:
        header = json.loads(data[8 : 8 + length].decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Refusal("weights_format") from error
    header.pop("__metadata__", None)
    return header, 8 + length


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _place(name: str, facts: Any, own: Tensor, start: int) -> Place:
    types = _FLOATS if own.is_floating_point() else _WHOLE
    try:
        written, shape, (first, last) = facts["dtype"], tuple(facts["shape"]), facts["data_offsets"]
        known = isinstance(written, str) and written in types
        whole = all(type(number) is int and number >= 0 for number in (*shape, first, last))
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal("weights_format") from error
    if not whole:
        raise Refusal("weights_format")
    if not known:
        raise Refusal("weights_type", name=name, got=str(written)[:20], expected=", ".join(types))
    if shape != tuple(own.shape):
        raise Refusal("weights_shape", name=name, got=_times(shape), expected=_times(own.shape))
    if last - first != prod(shape) * types[written].itemsize:
        raise Refusal("weights_format")
    return types[written], shape, start + first, start + last


def _tensor(data: bytes, dtype: torch.dtype, shape: tuple[int, ...], first: int, last: int) -> Tensor:
    if first == last:
        return torch.zeros(shape, dtype=dtype)
    return torch.frombuffer(bytearray(data[first:last]), dtype=dtype).reshape(shape)


def _times(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape[:8])) or "1"
