"""Which network a page is about, as names and numbers; the caches turn it into shared read-only objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.ui.core.byte_cache import MEGABYTE, ByteCache, memory_is_set, memory_left
from cnnviz.ui.core.server_state import server_state
from cnnviz.ui.inputs.weights import Weights

if TYPE_CHECKING:
    from torch import nn

    from cnnviz.trace.record import Trace

_WEIGHTS_SHARE = 0.3
"""Of the memory left when the first network is built, the part that the held weights may take."""


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """One form of one architecture for one shape of image; hashable, so that it can be the key of a cache."""

    name: str
    options: tuple[tuple[str, Any], ...]
    """Every option with its value, as `Architecture.settle` gives them."""
    input_shape: tuple[int, int, int]
    num_classes: int

    def query(self) -> dict[str, str]:
        """The state of a link that chooses this network."""
        from cnnviz.options import format_value
        from cnnviz.zoo import architecture

        entry = architecture(self.name)
        options = dict(self.options)
        query = {"net": self.name} | {
            f"{self.name}.{name}": format_value(value) for name, value in entry.changed(options).items()
        }
        usual = entry.input_shape(options)
        if self.input_shape[1] != usual[1]:
            query[f"{self.name}.size"] = str(self.input_shape[1])
        if self.input_shape[0] != usual[0]:
            query[f"{self.name}.channels"] = str(self.input_shape[0])
        if self.num_classes != entry.num_classes(options):
            query[f"{self.name}.classes"] = str(self.num_classes)
        return query


def choice(
    name: str,
    options: dict[str, Any] | None = None,
    size: int | None = None,
    channels: int | None = None,
    num_classes: int | None = None,
) -> NetworkChoice:
    """The network `name` with `options`, everything else as its form has it.

    Raises:
        UserError: an unknown name, or options that cannot be.
    """
    from cnnviz.zoo import architecture

    entry = architecture(name)
    settled = entry.settle(options)
    usual = entry.input_shape(settled)
    shape = (channels or usual[0], size or usual[1], size or usual[2])
    return NetworkChoice(name, tuple(settled.items()), shape, num_classes or entry.num_classes(settled))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs={NetworkChoice: repr})  # 3 ms less than by parts
def cached_trace(network: NetworkChoice) -> Trace:
    """The facts of a network; costs no memory for its weights.

    Raises:
        UserError: an image too small for it, or options that exclude each other.
    """
    from cnnviz.trace.api import trace
    from cnnviz.zoo import build

    model = build(network.name, dict(network.options), network.input_shape, network.num_classes, device="meta")
    return trace(model, network.input_shape)


def cached_network(network: NetworkChoice, weights: Weights) -> nn.Module:
    """The network with `weights`, in evaluation mode, shared by every session and never changed.

    Raises:
        UserError: `not_enough_memory` where its weights do not fit the memory left; weights that are not there,
            are damaged, or belong to another network.
    """
    size = cached_trace(network).num_params * 4
    held = _weights()
    key = (network, weights)
    if key not in held:
        check_memory(size, held.held_bytes)
    return held.get(key, size, lambda: _make(network, weights))


def _make(network: NetworkChoice, weights: Weights) -> nn.Module:
    from cnnviz.ui.inputs.weight_files import tensors
    from cnnviz.zoo import build

    whole = network.name, dict(network.options), network.input_shape, network.num_classes
    state = tensors(network, weights)
    if state is None:
        return build(*whole, seed=weights.seed)
    model = build(*whole, device="meta")
    own = model.state_dict()
    wrong = sorted(set(own) ^ set(state)) or [name for name in own if own[name].shape != state[name].shape]
    if wrong:
        raise UserError("weights_unfit", layer=wrong[0])
    model.load_state_dict(state, assign=True)
    return model


def check_memory(size: int, freed: int = 0) -> None:
    """Whether `size` bytes fit what is left, once `freed` bytes that are held now have gone.

    Raises:
        UserError: `not_enough_memory`.
    """
    left = memory_left() + (0 if memory_is_set() else freed)  # a setting is the whole budget, not what remains of it
    if size > left:
        raise UserError("not_enough_memory", needed=size // MEGABYTE, left=left // MEGABYTE)


@server_state
def _weights() -> ByteCache[nn.Module]:
    return ByteCache(int(memory_left() * _WEIGHTS_SHARE), max_entries=8)
