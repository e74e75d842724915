"""The reading of a text, held for a while: its network, where it breaks, its trace; within the server's limits."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnnviz.definitions import NetworkDefinition, build, diagnose_source, to_json
from cnnviz.definitions.checks import USUAL_LIMITS, DefinitionLimits, check_size
from cnnviz.definitions.diagnosis import Diagnosis
from cnnviz.definitions.pytorch.reader import ReadNetwork
from cnnviz.runs.limits import profile
from cnnviz.trace import trace
from cnnviz.trace.record import Trace

HOSTED_LIMITS = DefinitionLimits(parameters=150_000_000, macs=25_000_000_000, values=50_000_000)
"""Of a server that is open to strangers: the largest networks of the course fit."""


def size_limits() -> DefinitionLimits:
    """Return the sizes that a network may have on this server."""
    return HOSTED_LIMITS if profile() == "hosted" else USUAL_LIMITS


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
