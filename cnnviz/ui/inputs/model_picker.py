"""Which network with which weights a page is about: both menus, the knobs, and how they follow each other.

A picked network comes with its trained weights, whose options and input size set the knobs; a knob that changes the
shape of a weight turns to untrained weights. The URL holds `weights=<name>`, and the knobs only where they are not
those that the weights were made for; a link without `weights` names a network by its knobs alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.text import load
from cnnviz.ui.core import url_state
from cnnviz.ui.core.shell import guarded, language
from cnnviz.ui.inputs import option_widgets, uploaded_weights
from cnnviz.ui.inputs.finished_runs import finished_runs
from cnnviz.ui.inputs.image_picker import OWN
from cnnviz.ui.inputs.imagenet import imagenet_is_here
from cnnviz.ui.inputs.network import NetworkChoice, choice
from cnnviz.ui.inputs.weight_files import stamped
from cnnviz.ui.inputs.weight_info import Origin, fits, origin
from cnnviz.ui.inputs.weight_words import say_lost, weights_title
from cnnviz.ui.inputs.weights import FILE, IMAGENET, UNTRAINED, Weights, read, written

_STATE = "weights.state"
_BY_KNOBS = ""
"""In the place of a choice: the weights that fit the knobs of a link exactly."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A network with its weights, and what is known of them."""

    network: NetworkChoice
    weights: Weights
    origin: Origin
    lost: str = ""
    """The weights that the knobs have outgrown, as the URL names them."""


def choose_network() -> Chosen:
    """The menus of networks and weights side by side, and the knobs in an expander."""
    _follow_weights()
    came = url_state.comes("net", "weights") or url_state.left_out("weights")
    with st.container(key="menus"):
        first, menu = st.columns(2)
    with first:
        name = option_widgets.pick_network()
    state: dict[str, Any] = st.session_state.setdefault(_STATE, {})
    text, lost = _settle(name, came, state)
    held: list[tuple[Any, ...]] = []
    with st.expander(load("controls", language())("knobs"), icon=":material/tune:"):
        network = option_widgets.turn_knobs(name, keep=lambda *given: held.append(given))
        below = st.container()
    text, lost = _match(network, text, lost)
    with menu:
        st.session_state["weights"] = text
        _draw(name, text)
        weights, known = Weights(), None
        if text == UNTRAINED:
            with below:
                weights = Weights(seed=option_widgets.pick_seed())
        elif text == FILE:
            with guarded():
                weights, known = uploaded_weights.own_file(network)
        elif text != IMAGENET or imagenet_is_here(network):
            weights = stamped(read(text))
        if lost:
            say_lost(lost, network)
    known = known or origin(read(text), network)
    plain = network == _own(text, choice(name))
    default = default_weights(name)
    if plain:
        url_state.hide(*option_widgets.knob_keys(name))
    else:
        for given in held:
            url_state.keep(*given)
    said = written(uploaded_weights.reference()) if text == FILE else text
    url_state.keep("weights", said, default if plain or default == UNTRAINED else "")
    state.update(net=name, text=text, plain=plain, lost=lost, usual=default)
    return Chosen(network, weights, known if weights.trained else Origin(), lost)


def default_weights(name: str) -> str:
    """Return what a network comes with, as the URL names it: its first checkpoint.

    For an image of the user's own, a network that comes trained on handwritten digits takes the checkpoint of the set
    that holds them finest.
    """
    from cnnviz.checkpoints import checkpoints_of
    from cnnviz.data import dataset

    cards = checkpoints_of(name)
    if not cards:
        return UNTRAINED
    if url_state.expected("image") not in OWN:
        return cards[0].name
    sides = [0 if (framing := dataset(card.dataset).handwriting) is None else framing.side for card in cards]
    return cards[sides.index(max(sides)) if sides[0] else 0].name


def weights_for(network: NetworkChoice) -> Weights:
    """The checkpoint that was made for exactly this network, or untrained weights."""
    from cnnviz.checkpoints import checkpoints_of

    found = (Weights("checkpoint", card.name) for card in checkpoints_of(network.name))
    return next((weights for weights in found if origin(weights).network == network), Weights())


def _follow_weights() -> None:
    """Let a link that names weights alone choose their network too."""
    if not url_state.comes("weights") or url_state.comes("net"):
        return
    try:
        known = origin(read(st.query_params.get("weights", "")))
    except (UserError, ValueError):
        return
    if known.network is not None:
        url_state.put("net", known.network.name)


def _settle(name: str, came: bool, state: dict[str, Any]) -> tuple[str, str]:
    """What the link, the menu or the last visit says of the weights, with the knobs turned to them; what was lost."""
    link = [key for key in option_widgets.knob_keys(name) if url_state.comes(key)]
    seeded = url_state.comes("seed")
    asked = url_state.arriving("weights")
    if came or link or seeded:
        url_state.forget(
            *(
                f"{key}{part}"
                for key in option_widgets.knob_keys(name)
                for part in ("", ".text", ".usual")
                if key not in link
            )
        )
        if asked is not None and not _known(name, asked):
            url_state.note_wrong("weights", asked)
            asked = None
        if asked is not None and read(asked).kind == FILE:
            uploaded_weights.follow(asked)
            asked = FILE
        if asked is None and link:
            return _BY_KNOBS, ""
        text = asked or (UNTRAINED if seeded else default_weights(name))
        if not link:
            _turn(name, text)
        return text, ""
    text = st.session_state.get("weights", state.get("text", ""))
    if state.get("net") != name or not _known(name, text):
        text = default_weights(name)
        _turn(name, text)
        return text, ""
    if text == state["text"] == state["usual"] and state["plain"] and text != default_weights(name):
        text = default_weights(name)  # another kind of image: follow it, since the user has not chosen
        _turn(name, text)
        return text, ""
    if text != state["text"] or (state["plain"] and "weights" not in st.session_state):
        _turn(name, text)  # other weights than before, or back from another page
        return text, ""
    return text, state["lost"]


def _known(name: str, text: str) -> bool:
    """Whether `text` names weights that the family has."""
    from cnnviz.zoo.imagenet import first_published_weights

    try:
        weights = read(text)
        if weights.kind in (UNTRAINED, FILE):
            return True
        if weights.kind == IMAGENET:
            return first_published_weights(name) is not None
        known = origin(weights)
    except (UserError, ValueError):
        return False
    return known.network is not None and known.network.name == name


def _turn(name: str, text: str) -> None:
    """Turn the knobs to the network that the weights were made for."""
    own = _own(text, _held(name))
    if own is not None:
        option_widgets.set_knobs(own)


def _own(text: str, form: NetworkChoice) -> NetworkChoice | None:
    """The network that weights were made for, of those of ImageNet the one of that `form`; None for no certain one."""
    return None if text in (FILE, _BY_KNOBS) else origin(read(text), form).network


def _held(name: str) -> NetworkChoice:
    """The family's network as far as its knobs stand already: its options."""
    from cnnviz.zoo import architecture

    options = {
        option.name: st.session_state[f"{name}.{option.name}"]
        for option in architecture(name).options
        if f"{name}.{option.name}" in st.session_state
    }
    try:
        return choice(name, options)
    except UserError:
        return choice(name)


def _match(network: NetworkChoice, text: str, lost: str) -> tuple[str, str]:
    """The weights that `network` can have: those chosen, those it lost before and fits again, or untrained ones."""
    if text == _BY_KNOBS:
        return written(weights_for(network)), ""
    if text == UNTRAINED and lost and _can_have(network, lost):
        return lost, ""
    if text in (UNTRAINED, FILE) or _can_have(network, text):
        return text, lost if text == UNTRAINED else ""
    return UNTRAINED, text


def _can_have(network: NetworkChoice, text: str) -> bool:
    try:
        return fits(network, origin(read(text), network))
    except UserError:
        return False


def _draw(name: str, text: str) -> None:
    t = load("weights", language())
    texts = _texts(name, text)
    st.selectbox(t("label"), texts, key="weights", help=t("help"), format_func=lambda text: weights_title(text, t))


def _texts(name: str, chosen: str) -> Sequence[str]:
    from cnnviz.checkpoints import checkpoints_of
    from cnnviz.zoo.imagenet import first_published_weights

    texts = [card.name for card in checkpoints_of(name)]
    texts += [written(Weights("run", record.id)) for record in finished_runs(name)]
    texts += [IMAGENET] if first_published_weights(name) else []
    texts += [UNTRAINED, FILE]
    return texts if chosen in texts else [chosen, *texts]
