"""One image on its way through one network, computed when asked for and shared by every session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.ui.memory import ByteCache, memory_left
from cnnviz.ui.network import NetworkChoice, cached_network, cached_trace
from cnnviz.ui.picture import PictureChoice, prepared
from cnnviz.ui.weights import Weights

if TYPE_CHECKING:
    from cnnviz.trace.ranges import Range
    from cnnviz.trace.walk import Walk

_SHARE = 0.3
"""Of the memory left at first, the part that walks may hold: their activations, and weights that no cache holds."""
_MOST_MACS = 2_000_000_000
"""Multiply-adds of a network whose ranges are computed unasked: below a second on two cores."""


def start_walk(network: NetworkChoice, picture: PictureChoice, weights: Weights) -> Walk:
    """The walk of an image through a network.

    Raises:
        Refusal: the network's weights do not fit the memory left.
    """
    from cnnviz.trace.walk import BUDGET, Walk

    trace = cached_trace(network)
    return _walks().get(
        (network, picture, weights),
        4 * trace.num_params + BUDGET,
        lambda: Walk(cached_network(network, weights), trace, prepared(picture, network.input_shape).tensor),
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def ranges_of(network: NetworkChoice, picture: PictureChoice, weights: Weights, _walk: Walk) -> dict[str, Range]:
    """(smallest, largest) value of every row of the walk; empty where the network is too large for that."""
    from cnnviz.trace.ranges import value_ranges

    return value_ranges(_walk) if _walk.trace.macs <= _MOST_MACS else {}


@st.cache_resource(show_spinner=False)
def _walks() -> ByteCache[Walk]:
    return ByteCache(int(memory_left() * _SHARE), max_entries=6)
