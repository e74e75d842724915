"""A network with its weights in one safetensors file: its definition, or its text, stands in the header's metadata."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from cnnviz.definitions.checks import check_image_shape
from cnnviz.definitions.pytorch.reader import parse_pytorch
from cnnviz.definitions.record import NetworkDefinition
from cnnviz.definitions.text_form import from_json, to_json
from cnnviz.errors import UserError
from cnnviz.zoo.safetensors_header import Data, read_metadata

METADATA = "cnnviz.network"
"""The entry of the metadata: JSON."""
PYTORCH, INPUT = "cnnviz.pytorch", "cnnviz.input"
"""The entries of a file that `notebook_cell.py` wrote: PyTorch text, read as any, and the shape of an image."""


def to_safetensors(definition: NetworkDefinition, state: Mapping[str, Tensor]) -> bytes:
    """Return the file of a network and its tensors, by the names of `build(definition).state_dict()`."""
    from safetensors.torch import save

    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    return save(tensors, {METADATA: to_json(definition)})


def has_definition(data: Data) -> bool:
    """Tell whether a safetensors file says that it holds its network."""
    metadata = read_metadata(data)
    return METADATA in metadata or PYTORCH in metadata


def definition_in(data: Data) -> NetworkDefinition:
    """Return the network that a file holds, checked whole; its tensors are not read, and nothing of a text is run.

    Raises:
        UserError: `definition_no_graph` for a file of weights alone, or as `from_json` and `parse_pytorch`.
    """
    metadata = read_metadata(data)
    if METADATA in metadata:
        return from_json(metadata[METADATA])
    if PYTORCH in metadata:
        return parse_pytorch(metadata[PYTORCH], _image_shape(metadata.get(INPUT, "")))
    raise UserError("definition_no_graph")


def _image_shape(text: str) -> tuple[int, int, int]:
    """Return (C, H, W) of a text like "[1, 28, 28]".

    Raises:
        UserError: `input_shape`.
    """
    parts = [part.strip() for part in text[:60].strip("[]").split(",")]
    return check_image_shape([int(part) if part.isascii() and part.isdigit() else part for part in parts])
