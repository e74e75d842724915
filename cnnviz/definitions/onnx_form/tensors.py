"""The constants of an ONNX file: bytes that stand inside it, of the length that their shape asks for."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import UserError

LARGEST = 1_000_000_000
"""Numbers of one tensor."""
_TYPES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        1: ("<f4", "float_data"),
        6: ("<i4", "int32_data"),
        7: ("<i8", "int64_data"),
        10: ("<f2", "int32_data"),
        11: ("<f8", "double_data"),
    }
)
"""By ONNX's number of a type: the type of its bytes, and the field of numbers in their place."""


def read_tensor(tensor: Any) -> NDArray[Any]:
    """Return a constant as float32 or int64.

    Raises:
        UserError: `onnx_external` for data in another file, `onnx_tensor` for another type or a wrong length.
    """
    if tensor.data_location != 0 or len(tensor.external_data):
        raise UserError("onnx_external")
    dims = tuple(int(side) for side in tensor.dims)
    name = str(tensor.name)[:60] or "?"
    if tensor.data_type not in _TYPES or len(dims) > 8 or any(side < 0 for side in dims) or prod(dims) > LARGEST:
        raise UserError("onnx_tensor", name=name)
    kind, field = _TYPES[tensor.data_type]
    count = prod(dims)
    if tensor.raw_data:
        if len(tensor.raw_data) != count * np.dtype(kind).itemsize:
            raise UserError("onnx_tensor", name=name)
        values = np.frombuffer(tensor.raw_data, dtype=kind)
    else:
        numbers = getattr(tensor, field)  # a name of our own table
        if len(numbers) != count or tensor.data_type == 10:
            raise UserError("onnx_tensor", name=name)
        values = np.array(numbers, dtype=kind)
    whole = np.dtype(kind).kind == "i"
    return values.astype(np.int64 if whole else np.float32).reshape(dims)
