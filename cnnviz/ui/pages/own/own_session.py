"""The text and the image size of one's own network in the session, with what can be undone; links lead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

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


@dataclass
class OwnNetwork:
    """The text of a network and the size of its images, as the user wrote them."""

    text: str
    image: str
    """The size of the images as it was typed: "1, 28, 28"."""
    link: str = ""
    """The value of the link's parameter that stands for it."""
    past: list[tuple[str, str]] = field(default_factory=list)
    """Texts and image sizes before the last changes, the latest at the end."""
    origin: tuple[str, NetworkDefinition] | None = None
    """A text that was written for a network, and the network, whose layers may have other names there."""

    def definition(self, read: NetworkDefinition) -> NetworkDefinition:
        """Return the network of the text, as it was `read` or, while the text is as it was written, as it came."""
        return self.origin[1] if self.origin is not None and self.origin[0] == self.text else read


def held_network() -> OwnNetwork:
    """Return the session's network: that of a fresh link, else the one of the last run, else LeNet."""
    held: OwnNetwork | None = st.session_state.get(_KEY)
    link = url.value(OWN_NETWORK)
    if held is None or held.link != link:
        past = [] if held is None else held.past
        held = OwnNetwork(zoo_source(START), "1, 28, 28", link, past) if not link else _of_link(link, past)
        st.session_state[_KEY] = held
    return held


def _of_link(link: str, past: list[tuple[str, str]]) -> OwnNetwork:
    definition = find_definition(link)
    if definition.input_shape is None:
        definition = replace(definition, input_shape=(1, 28, 28))
    text = to_source(definition)
    return OwnNetwork(text, _written_shape(definition.input_shape), link, past, (text, definition))


def change(text: str | None = None, image: str | None = None) -> None:
    """Set text or image size from a widget's callback; what was before can be brought back."""
    held = held_network()
    before = (held.text, held.image)
    held.text = held.text if text is None else text
    held.image = held.image if image is None else image
    if before != (held.text, held.image):
        held.past = [*held.past[1 - MOST_UNDONE :], before]


def take_text(text: str) -> None:
    """Take over an edited text, and the image size that it names by the minibatch it makes."""
    change(text, _image_of(text))


def take_definition(definition: NetworkDefinition) -> None:
    """Take over another network: its text is written anew, and the images are those that it was written for."""
    shape, text = definition.input_shape, to_source(definition)
    change(text, None if shape is None else _written_shape(shape))
    held_network().origin = (text, definition)


def open_network(name: str) -> None:
    """Take over a network of the course."""
    change(zoo_source(name), _written_shape(ModelSpec.of(name).input_shape))


def undo() -> None:
    """Bring back what was before the last change."""
    held = held_network()
    if held.past:
        held.text, held.image = held.past.pop()


def shown_definition(read: NetworkDefinition, image: tuple[int, ...] | None = None) -> NetworkDefinition:
    """Return the network that the text was `read` as, with the names of its layers that it came with, on an image."""
    return replace(held_network().definition(read), input_shape=check_image_shape(image or read.input_shape))


def keep_link(definition: NetworkDefinition, image: tuple[int, ...]) -> None:
    """Write the network into the URL, unless it is the one that the page begins with."""
    held = held_network()
    link = put_network(shown_definition(definition, image))
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
