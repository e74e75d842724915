"""A network with its weights in one safetensors file: its definition, or its text, stands in the header's metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from torch import Tensor

from cnnviz.definitions.checks import check_image_shape
from cnnviz.definitions.pytorch.reader import parse_pytorch
from cnnviz.definitions.record import NetworkDefinition
from cnnviz.definitions.text_form import from_json, to_json
from cnnviz.errors import UserError
from cnnviz.zoo.safetensors_header import Data, read_metadata

METADATA = "cnnviz.network"
"""The entry of the metadata: JSON."""
TRAINING = "cnnviz.training"
"""The entry of a network that was trained here: JSON of a `TrainingNote`."""
PYTORCH, INPUT = "cnnviz.pytorch", "cnnviz.input"
"""The entries of a file that `notebook_cell.py` wrote: PyTorch text, read as any, and the shape of an image."""


@dataclass(frozen=True, slots=True)
class TrainingNote:
    """The training of the weights in a file, as the file tells it; nobody vouches for it."""

    dataset: str
    """The name of the image set."""
    accuracy: float | None = None
    """Fraction in [0, 1] of its test images that are classified right; None where it was not measured."""
    scaling: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    """Mean and standard deviation per channel that the input is standardised with; None for pixels in [0, 1]."""


def to_safetensors(
    definition: NetworkDefinition, state: Mapping[str, Tensor], training: TrainingNote | None = None
) -> bytes:
    """Return the file of a network and its tensors, by the names of `build(definition).state_dict()`."""
    from safetensors.torch import save

    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    words = {METADATA: to_json(definition)}
    if training is not None:
        words[TRAINING] = json.dumps(asdict(training))
    return save(tensors, words)


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


def training_in(data: Data, channels: int) -> TrainingNote | None:
    """Return what a file tells of the training of its weights, for images of `channels`; None for nothing, or nonsense.

    >>> training_in(b"", 1)
    """
    try:
        said = json.loads(read_metadata(data).get(TRAINING, "null"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    dataset, accuracy, scaling = said.get("dataset"), said.get("accuracy"), said.get("scaling")
    if not isinstance(dataset, str) or not (accuracy is None or _is_number(accuracy, 0, 1)):
        return None
    if scaling is None:
        return TrainingNote(dataset, accuracy)
    if (
        not isinstance(scaling, list)
        or [len(one) if isinstance(one, list) else -1 for one in scaling] != [channels] * 2
    ):
        return None
    means, deviations = scaling
    if not all(_is_number(one, -10, 10) for one in means) or not all(_is_number(one, 1e-6, 10) for one in deviations):
        return None
    return TrainingNote(dataset, accuracy, (tuple(means), tuple(deviations)))


def _is_number(value: object, least: float, most: float) -> bool:
    return type(value) in (int, float) and least <= value <= most  # type: ignore[operator]


def _image_shape(text: str) -> tuple[int, int, int]:
    """Return (C, H, W) of a text like "[1, 28, 28]".

    Raises:
        UserError: `input_shape`.
    """
    parts = [part.strip() for part in text[:60].strip("[]").split(",")]
    return check_image_shape([int(part) if part.isascii() and part.isdigit() else part for part in parts])
