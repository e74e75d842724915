"""One's own network and its image size in the session, with what can be undone; links lead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

import streamlit as st

from cnnviz.definitions import NetworkDefinition
from cnnviz.definitions.checks import check_image_shape
from cnnviz.definitions.pytorch.network_choice import image_in_text
from cnnviz.definitions.pytorch.source_scan import parse_source
from cnnviz.definitions.source_writer import to_source
from cnnviz.errors import UserError
from cnnviz.models.own_networks import find_definition
from cnnviz.models.spec import ModelSpec
from cnnviz.ui.core import url
from cnnviz.ui.inputs.links import OWN_NETWORK
from cnnviz.ui.inputs.own_network import START, put_network, start_link, zoo_source

MOST_UNDONE = 20
_KEY = "own.network"
_SEPARATORS = re.compile(r"[\s,;×x*()\[\]]+")


Source = str | NetworkDefinition
"""A text as it was typed, or a network that came without one: by a link, in a file, or edited as a table."""


@dataclass
class OwnNetwork:
    """The network of a session and the size of its images, as the user wrote them."""

    source: Source
    image: str
    """The size of the images as it was typed: "1, 28, 28"."""
    link: str = ""
    """The value of the link's parameter that stands for it."""
    past: list[tuple[Source, str]] = field(default_factory=list)
    """Networks and image sizes before the last changes, the latest at the end."""

    @property
    def text(self) -> str:
        """The text as it was typed, or that of the network, which is written only where it is asked for."""
        return self.source if isinstance(self.source, str) else _written(self.source)


@lru_cache(maxsize=64)
def _written(definition: NetworkDefinition) -> str:
    return to_source(definition)


def held_network() -> OwnNetwork:
    """Return the session's network: that of a fresh link, else the one of the last run, else LeNet."""
    held: OwnNetwork | None = st.session_state.get(_KEY)
    link = url.value(OWN_NETWORK)
    if held is None or held.link != link:
        past = [] if held is None else held.past
        held = OwnNetwork(zoo_source(START), "1, 28, 28", link, past) if not link else _of_link(link, past)
        st.session_state[_KEY] = held
    return held


def _of_link(link: str, past: list[tuple[Source, str]]) -> OwnNetwork:
    definition = find_definition(link)
    shape = definition.input_shape or (1, 28, 28)
    return OwnNetwork(_without_lines(replace(definition, input_shape=shape)), _written_shape(shape), link, past)


def change(source: Source | None = None, image: str | None = None) -> None:
    """Set network or image size from a widget's callback; what was before can be brought back."""
    held = held_network()
    before = (held.source, held.image)
    if source is not None and not (isinstance(source, str) and source == held.text):
        held.source = source
    held.image = held.image if image is None else image
    if before != (held.source, held.image):
        held.past = [*held.past[1 - MOST_UNDONE :], before]


def take_text(text: str) -> None:
    """Take over an edited text, and the image size that it names by the minibatch it makes."""
    change(text, _image_of(text))


def take_definition(definition: NetworkDefinition) -> None:
    """Take over another network, on the images that it was written for; its text is written where it is shown."""
    shape = definition.input_shape
    change(_without_lines(definition), None if shape is None else _written_shape(shape))


def _without_lines(definition: NetworkDefinition) -> NetworkDefinition:
    """Return a network without the lines of a text that it is no longer read from."""
    nodes = tuple(node if node.line is None else replace(node, line=None) for node in definition.nodes)
    return replace(definition, nodes=nodes)


def open_network(name: str) -> None:
    """Take over a network of the course."""
    change(zoo_source(name), _written_shape(ModelSpec.of(name).input_shape))


def undo() -> None:
    """Bring back what was before the last change."""
    held = held_network()
    if held.past:
        held.source, held.image = held.past.pop()


def keep_link(definition: NetworkDefinition) -> None:
    """Write the network into the URL, unless it is the one that the page begins with."""
    held = held_network()
    link = put_network(definition)
    held.link = "" if link == start_link() else link
    url.put(OWN_NETWORK, held.link)
    url.keep(OWN_NETWORK, held.link)


def image_shape(text: str) -> tuple[int, int, int]:
    """Return (C, H, W) of a typed size.

    >>> image_shape("3×32×32")
    (3, 32, 32)

    Raises:
        UserError: `input_shape`.
    """
    parts = [part for part in _SEPARATORS.split(text[:60]) if part]
    legal = all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts)
    return check_image_shape(list(map(int, parts)) if legal and len(parts) == 3 else text[:40])


def _image_of(text: str) -> str | None:
    """Return the size of the minibatch that a text makes, where it makes one."""
    try:
        shape = image_in_text(parse_source(text))
    except (UserError, RecursionError):
        return None
    return None if shape is None else _written_shape(shape)


def _written_shape(shape: tuple[int, ...] | None) -> str:
    return ", ".join(map(str, shape or ()))
