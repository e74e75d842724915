"""The session's network as it is shown: what runs, where it breaks, its trace; within the server's limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from cnnviz.definitions import NetworkDefinition, diagnose, diagnose_source
from cnnviz.definitions.checks import check_image_shape, check_size
from cnnviz.definitions.definition_trace import trace_definition
from cnnviz.definitions.diagnosis import Diagnosis
from cnnviz.definitions.pytorch.reader import ReadNetwork
from cnnviz.definitions.shape_pass import Shapes
from cnnviz.errors import UserError
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.trace.record import Trace
from cnnviz.ui.core import url
from cnnviz.ui.inputs.own_network import size_limits
from cnnviz.ui.pages.own import own_session
from cnnviz.ui.pages.own.links import BLOCKS, EDITOR
from cnnviz.zoo.factory import check_classes

Image = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class OwnReading:
    """The session's network on images of one size."""

    definition: NetworkDefinition
    """As it came, with its own names of layers."""
    found: Diagnosis
    text: str | None
    """What its lines are told of; None where it was edited as a table, and no text of it is shown."""


def read_network() -> OwnReading:
    """Return the session's network and what is to say of it; nothing is built.

    A network that came without a text is read from one only where the text is shown.

    Raises:
        UserError: as `diagnose_source`, or a network beyond the limits of this server.
    """
    held = own_session.held_network()
    image = own_session.image_shape(held.image)
    text: str | None
    if isinstance(held.source, str):
        read, found = _read(held.source, image)
        definition, text = read.definition, held.source
    else:
        definition = held.source
        found, text = (_diagnosed(definition, image), None) if url.value(EDITOR) == BLOCKS else _of_text(held, image)
    check_size(found.shapes, size_limits())
    return OwnReading(replace(definition, input_shape=image), found, text)


def _of_text(held: own_session.OwnNetwork, image: Image) -> tuple[Diagnosis, str | None]:
    """Return what is to say of a network at the lines of the text that is written of it, where it can be read."""
    try:
        return _read(held.text, image)[1], held.text
    except UserError:  # that of a deep network which breaks may be too long
        assert not isinstance(held.source, str)
        return _diagnosed(held.source, image), None


@lru_cache(maxsize=32)
def _diagnosed(definition: NetworkDefinition, image: Image) -> Diagnosis:
    return diagnose(definition, image)


@st.cache_resource(max_entries=32, show_spinner=False)
def _read(text: str, image: Image) -> tuple[ReadNetwork, Diagnosis]:
    return diagnose_source(text, image)


def traced(found: Diagnosis) -> Trace:
    """Return the trace of what runs of a network."""
    assert found.reached is not None
    return _traced(found.reached, found.shapes)


@lru_cache(maxsize=32)
def _traced(definition: NetworkDefinition, shapes: Shapes) -> Trace:
    return trace_definition(definition, shapes)


def spec_of(reading: OwnReading) -> ModelSpec:
    """Return the spec of a network that runs and ends with scores.

    Raises:
        UserError: a number of classes that no network here may have.
    """
    found = reading.found
    (classes,) = found.shapes.of(found.definition.output_index)
    return ModelSpec(OWN, (), check_image_shape(found.shapes.image), check_classes(classes), reading.definition)
