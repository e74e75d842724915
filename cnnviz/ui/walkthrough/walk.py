"""One image on its way through one network, computed when asked for and shared by every session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.ui.network import NetworkChoice, cached_network, cached_trace
from cnnviz.ui.picture import PictureChoice, prepared

if TYPE_CHECKING:
    from torch import nn

    from cnnviz.trace.walk import Walk


def start_walk(network: NetworkChoice, picture: PictureChoice, seed: int) -> Walk:
    """The walk of an image through a network.

    Raises:
        Refusal: the network's weights do not fit the memory left.
    """
    return _walk(network, picture, seed, cached_network(network, seed))


@st.cache_resource(max_entries=3, show_spinner=False)
def _walk(network: NetworkChoice, picture: PictureChoice, seed: int, _model: nn.Module) -> Walk:
    from cnnviz.trace.walk import Walk

    return Walk(_model, cached_trace(network), prepared(picture, network.input_shape).tensor)
