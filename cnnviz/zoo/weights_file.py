"""A user's safetensors file, parsed and never trusted: the weights of a known network come out, or one sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.zoo.safetensors_header import LARGEST_FILE, Data, TensorEntry, read_header
from cnnviz.zoo.weight_conventions import NamingConvention
from cnnviz.zoo.weight_names import NamePairing, pair_names

_FLOATS = {"F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64}
_WHOLE = {"I32": torch.int32, "I64": torch.int64}


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file that holds every tensor of a network: where, and by which names."""

    places: Mapping[str, TensorEntry]
    """By the network's names; without the counters that a file lacks."""
    pairing: NamePairing


def read_weights_file(
    data: Data,
    expected: Mapping[str, Tensor],
    others: Callable[[], Sequence[NamingConvention]] = tuple,
    most_bytes: int | None = LARGEST_FILE,
) -> dict[str, Tensor]:
    """Return the tensors of a file by the names and in the types of `expected`, a `state_dict` on any device.

    `others` gives further names of the network's tensors; it is called where its own are not in the file.
    Names, shapes, types and the length of the file are compared before anything is allocated.

    Raises:
        UserError: as `check_weights_file`, or `weights_infinite`.
    """
    places = check_weights_file(data, expected, others, most_bytes).places
    state = {
        name: _tensor(data, places[name]).to(own.dtype) if name in places else torch.zeros(own.shape, dtype=own.dtype)
        for name, own in expected.items()
    }
    for name, tensor in state.items():
        if not bool(tensor.isfinite().all()):
            raise UserError("weights_infinite", name=name)
    return state


def check_weights_file(
    data: Data,
    expected: Mapping[str, Tensor],
    others: Callable[[], Sequence[NamingConvention]] = tuple,
    most_bytes: int | None = LARGEST_FILE,
) -> WeightsFile:
    """Return where each tensor of `expected` lies in the file; nothing is allocated.

    Raises:
        UserError: as `read_header` and `pair_names`, or `weights_type`.
    """
    found = read_header(data, most_bytes)
    pairing = pair_names(
        {name: place.shape for name, place in found.items()},
        {name: tuple(own.shape) for name, own in expected.items()},
        others,
    )
    places = {}
    for name, own in expected.items():
        if name not in pairing.names:  # a counter of batches, which no output depends on
            continue
        place = found[pairing.names[name]]
        types = _FLOATS if own.is_floating_point() else _WHOLE
        if place.dtype in types:
            places[name] = place
        elif own.is_floating_point():
            raise UserError("weights_type", name=pairing.names[name], got=place.dtype[:20], expected=[*types])
    return WeightsFile(places, pairing)


def _tensor(data: Data, place: TensorEntry) -> Tensor:
    dtype = (_FLOATS | _WHOLE)[place.dtype]
    if place.first == place.end:
        return torch.zeros(place.shape, dtype=dtype)
    return torch.frombuffer(bytearray(data[place.first : place.end]), dtype=dtype).reshape(place.shape)
