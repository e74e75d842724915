"""The reading of a text, held for a while: its network, where it breaks, its trace; within the server's limits."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnnviz.definitions import NetworkDefinition, build, diagnose_source, to_json
from cnnviz.definitions.checks import check_size
from cnnviz.definitions.diagnosis import Diagnosis
from cnnviz.definitions.pytorch.reader import ReadNetwork
from cnnviz.trace import trace
from cnnviz.trace.record import Trace
from cnnviz.ui.inputs.own_network import size_limits


def read_text(text: str, image: tuple[int, int, int]) -> tuple[ReadNetwork, Diagnosis]:
    """Return the network of a text and what is to say of it on images of a size; nothing is built.

    Raises:
        UserError: as `diagnose_source`, or a network beyond the limits of this server.
    """
    read, found = _read(text, image)
    check_size(found.shapes, size_limits())
    return read, found


@st.cache_resource(max_entries=32, show_spinner=False)
def _read(text: str, image: tuple[int, int, int]) -> tuple[ReadNetwork, Diagnosis]:
    return diagnose_source(text, image)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs={NetworkDefinition: partial(to_json, lines=False)})
def traced(definition: NetworkDefinition) -> Trace:
    """Return the trace of a network that runs; its weights take no memory."""
    assert definition.input_shape is not None
    return trace(build(definition, device="meta", limits=size_limits()), definition.input_shape)
