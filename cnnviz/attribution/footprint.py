"""Bytes that a map takes at its peak, estimated before it is made from the activations of one image."""

from cnnviz.attribution.score import memory_budget
from cnnviz.attribution.table import METHODS

FORWARD = 1.5
"""Peak bytes per byte of one image's activations where no gradient is asked for."""


def peak_bytes(activations: int, method: str = "") -> int:
    """Return about how many bytes `method` takes at its peak, or scores alone without one.

    `activations` are the bytes of every layer's output for one image. A method that sends images in batches fills the
    memory that one computation may hold, or takes more where a single image does.
    """
    entry = METHODS.get(method)
    one = int(activations * (entry.footprint if entry is not None else FORWARD))
    return max(one, memory_budget()) if entry is not None and entry.batches else one
