"""Parts of what several components send to the browser: tensors as float32, receptive fields as plain values."""

from typing import Any

import numpy as np

from cnnviz.trace.record import ReceptiveField


def as_array(tensor: Any) -> np.ndarray:
    """Return a tensor of torch's or NumPy's as an array on the CPU."""
    return np.asarray(tensor.detach().cpu().numpy() if hasattr(tensor, "detach") else tensor)


def float32_array(tensor: Any) -> np.ndarray:
    """Return a tensor as a contiguous array of little-endian float32."""
    return np.ascontiguousarray(as_array(tensor), dtype="<f4")


def field_values(field: ReceptiveField | None) -> dict[str, Any] | None:
    """Return a field as `shared/field.js` reads it; unknown for a map on its side, whose rows are none of the image."""
    if field is None:
        return None
    if field.dims != (1, 2):
        field = ReceptiveField("unknown", reason="transpose")
    return {
        "extent": field.extent,
        "size": field.size,
        "stride": field.stride,
        "start": field.start,
        "spans": field.spans,
        "dense": field.dense,
        "reason": field.reason,
    }
