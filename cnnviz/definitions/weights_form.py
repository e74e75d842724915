"""A network with its weights in one safetensors file: the definition stands as JSON in the header's metadata."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from cnnviz.definitions.record import NetworkDefinition
from cnnviz.definitions.text_form import from_json, to_json
from cnnviz.errors import UserError
from cnnviz.zoo.safetensors_header import Data, read_metadata

METADATA = "cnnviz.network"
"""The entry of the metadata."""


def to_safetensors(definition: NetworkDefinition, state: Mapping[str, Tensor]) -> bytes:
    """Return the file of a network and its tensors, by the names of `build(definition).state_dict()`."""
    from safetensors.torch import save

    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    return save(tensors, {METADATA: to_json(definition)})


def has_definition(data: Data) -> bool:
    """Tell whether a safetensors file says that it holds its network."""
    return METADATA in read_metadata(data)


def definition_in(data: Data) -> NetworkDefinition:
    """Return the network that a file holds, checked whole; its tensors are not read.

    Raises:
        UserError: `definition_no_graph` for a file of weights alone, or as `from_json`.
    """
    text = read_metadata(data).get(METADATA)
    if text is None:
        raise UserError("definition_no_graph")
    return from_json(text)
