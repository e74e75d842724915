"""The user's own network of this session, by its text in links; within the limits of this server."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import streamlit as st

from cnnviz.definitions import NetworkDefinition, to_link
from cnnviz.definitions.checks import USUAL_LIMITS, DefinitionLimits, fitting_shapes
from cnnviz.definitions.source_writer import without_shapes
from cnnviz.definitions.weights_form import definition_in
from cnnviz.models.own_networks import DIGEST, find_definition, keep_definition
from cnnviz.models.sources.own import own_file_weights
from cnnviz.models.spec import ModelSpec
from cnnviz.models.weights import WeightsRef
from cnnviz.runs.limits import profile
from cnnviz.text import load
from cnnviz.trace.source import to_pytorch
from cnnviz.ui.core import shell, url
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.links import OWN_NETWORK
from cnnviz.ui.inputs.uploaded_weights import file_owner

START = "lenet"
"""The network that an untouched page of one's own network shows."""
HOSTED_LIMITS = DefinitionLimits(parameters=150_000_000, macs=25_000_000_000, values=50_000_000)
"""Of a server that is open to strangers: the largest networks of the course fit."""
_FILE = "own.weights"


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """The file with weights that this session opened last, and the network that it holds."""

    weights: WeightsRef
    spec: ModelSpec


def size_limits() -> DefinitionLimits:
    """Return the sizes that a network may have on this server."""
    return HOSTED_LIMITS if profile() == "hosted" else USUAL_LIMITS


def own_spec(text: str) -> ModelSpec:
    """Return the spec of the network that a link names; nothing is built.

    Raises:
        UserError: a network that is kept no more, breaks, gives no scores, or is beyond the limits of this server.
    """
    return _spec(text or start_link(), size_limits())


@st.cache_resource(max_entries=64, show_spinner=False)
def _spec(text: str, limits: DefinitionLimits) -> ModelSpec:
    definition = find_definition(text)
    fitting_shapes(definition, limits=limits)
    return ModelSpec.own(definition)


def check_size(spec: ModelSpec) -> None:
    """Raise for a network of the user's own that is beyond the limits of this server on the images of its spec.

    Raises:
        UserError: as `own_spec`.
    """
    if spec.definition is not None:
        fitting_shapes(spec.definition, spec.input_shape, size_limits())


def put_network(definition: NetworkDefinition) -> str:
    """Let this session's pages have a network as the user's own; return its text in links."""
    name = keep_definition(definition, file_owner())
    url.put(OWN_NETWORK, name)
    return name


def open_weights(data: bytes) -> None:
    """Keep the weights of a safetensors file with its network for this session.

    Raises:
        UserError: as `own_file_weights`, or a network beyond the limits of this server.
    """
    definition = definition_in(data)
    fitting_shapes(definition, limits=size_limits())
    st.session_state[_FILE] = OpenedFile(own_file_weights(data, file_owner()), ModelSpec.own(definition))


def opened_weights(spec: ModelSpec) -> WeightsRef | None:
    """Return the weights of the file that this session opened, if they fit a network."""
    opened: OpenedFile | None = st.session_state.get(_FILE)
    return opened.weights if opened is not None and spec.has_tensors_of(opened.spec) else None


def draw_own_network(text: str) -> None:
    """Draw what a link carries of the network, and the way to its page."""
    t = load("controls", language())
    st.caption(t.row([t("own.said"), *([t("own.long")] if DIGEST.fullmatch(text) else [])]))
    shell.page_link("own", t("own.edit"), own=text)


@cache
def zoo_source(name: str) -> str:
    """Return the text of a network of the course."""
    spec = ModelSpec.of(name)
    return without_shapes(to_pytorch(spec.build(device="meta"), spec.trace()))


@cache
def start_link() -> str:
    """Return the link's text of the network that the page of one's own network begins with."""
    from cnnviz.definitions import parse_pytorch

    return to_link(parse_pytorch(zoo_source(START), ModelSpec.of(START).input_shape)) or ""
