"""Widgets for the model of a page: menus of networks and weights and the network's options, which follow each other.

A selected network comes with its trained weights, whose options and input size set the widgets; an option that
changes the shape of a weight turns to untrained weights. The URL holds `weights=<name>`, and the options only where
they are not those that the weights were made for; a link without `weights` names a network by its options alone.
"""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.checkpoints import checkpoints_of
from cnnviz.data import dataset
from cnnviz.errors import UserError
from cnnviz.models.model import UNTRAINED, TrainedModel
from cnnviz.models.sources.table import WEIGHT_SOURCES, format_weights, parse_weights, source_of
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.models.weights import WeightsRef
from cnnviz.text import load
from cnnviz.ui.core import browser_key, url, url_state
from cnnviz.ui.core.shell import language
from cnnviz.ui.core.url import Param
from cnnviz.ui.inputs import option_widgets
from cnnviz.ui.inputs.image_picker import OWN_IMAGES
from cnnviz.ui.inputs.links import IMAGE, NETWORK, OWN_NETWORK, SEED, WEIGHTS
from cnnviz.ui.inputs.model_words import draw_lost_weights
from cnnviz.ui.inputs.own_model_picker import select_own_model
from cnnviz.ui.inputs.own_network import put_network
from cnnviz.ui.inputs.source_inputs import source_input
from cnnviz.zoo import architecture

_STATE = "weights.state"
_BY_OPTIONS = ""
"""In the place of a choice: the weights that fit the options of a link exactly."""
_UNTRAINED = format_weights(UNTRAINED)


def select_model(options: DeltaGenerator | None = None) -> TrainedModel:
    """Draw the menus of networks and weights side by side, and the options in an expander, or behind a button in the
    container `options`; return the model."""
    _follow_weights()
    came = url_state.comes(NETWORK.name, WEIGHTS.name) or url_state.left_out(WEIGHTS.name)
    with st.container(key="menus"):
        first, menu = st.columns(2)
    with first:
        name = option_widgets.select_architecture()
    state: dict[str, Any] = st.session_state.setdefault(_STATE, {})
    title, icon = load("controls", language())("knobs"), ":material/tune:"
    knobs = st.expander(title, icon=icon) if options is None else options.popover(title, icon=icon)
    if name == OWN:
        return select_own_model(menu, knobs, came, state)
    text, lost = _resolve(name, came, state)
    held: list[tuple[Param[Any], Any]] = []
    with knobs:
        spec = option_widgets.select_options(name, keep=lambda param, value: held.append((param, value)))
        below = st.container()
    text, lost = _match(spec, text, lost)
    widgets = source_input(text)
    with menu:
        st.session_state["weights"] = text
        _draw_menu(name, text)
        model = widgets.ask(text, spec, below)
        if lost:
            draw_lost_weights(lost, spec)
    plain = spec == _own_spec(text, ModelSpec.of(name))
    default = default_weights(name)
    if plain:
        url_state.hide(*option_widgets.option_keys(name))
    else:
        for given in held:
            url.keep(*given)
    url.keep(WEIGHTS.usual(default if plain or default == _UNTRAINED else ""), widgets.linked(text))
    state.update(net=name, text=text, plain=plain, lost=lost, usual=default)
    return model


def default_weights(name: str) -> str:
    """Return the weights that a network comes with, as the URL names them: its first checkpoint.

    For an image of the user's own, a network that comes trained on handwritten digits takes the checkpoint of the set
    that holds them finest.
    """
    cards = checkpoints_of(name)
    if not cards:
        return _UNTRAINED
    if url_state.expected(IMAGE.name) not in OWN_IMAGES:
        return cards[0].name
    sides = [0 if (framing := dataset(card.dataset).handwriting) is None else framing.side for card in cards]
    return cards[sides.index(max(sides)) if sides[0] else 0].name


def weights_for(spec: ModelSpec) -> WeightsRef:
    """Return the checkpoint that was made for exactly this network, or untrained weights."""
    source = WEIGHT_SOURCES["checkpoint"]
    listed = source.list(spec.architecture)
    return next((weights for weights in listed if source.info(weights).spec == spec), UNTRAINED)


def _follow_weights() -> None:
    """Let a link that names weights alone choose their network too."""
    told = url_state.comes(NETWORK.name) and st.query_params.get(NETWORK.name) != OWN
    if not url_state.comes(WEIGHTS.name) or told or url_state.comes(OWN_NETWORK.name):
        return
    try:
        weights = parse_weights(st.query_params.get(WEIGHTS.name, ""))
        source_of(weights).check(weights)
        spec = source_of(weights).info(weights).spec
    except (UserError, ValueError):
        return
    if spec is not None:
        url.put(NETWORK, spec.architecture)
        if spec.definition is not None:
            put_network(spec.definition)


def _resolve(name: str, came: bool, state: dict[str, Any]) -> tuple[str, str]:
    """Return the weights by the link, the menu or the last visit, with the options set to them, and those lost."""
    link = [key for key in option_widgets.option_keys(name) if url_state.comes(key)]
    seeded = url_state.comes(SEED.name)
    asked = url_state.arriving(WEIGHTS.name)
    if came or link or seeded:
        url_state.forget(
            *(
                f"{key}{part}"
                for key in option_widgets.option_keys(name)
                for part in ("", ".text", ".usual")
                if key not in link
            )
        )
        if asked is not None and not _known(name, asked):
            url_state.note_wrong(WEIGHTS.name, asked)
            asked = None
        if asked is not None:
            asked = source_input(asked).menu_entry(asked)
        if asked is None and link:
            return _BY_OPTIONS, ""
        text = asked or (_UNTRAINED if seeded else default_weights(name))
        if not link:
            _set_options(name, text)
        return text, ""
    text = st.session_state.get("weights", state.get("text", ""))
    if state.get("net") != name or not _known(name, text):
        text = default_weights(name)
        _set_options(name, text)
        return text, ""
    if text == state["text"] == state["usual"] and state["plain"] and text != default_weights(name):
        text = default_weights(name)  # another kind of image: follow it, since the user has not chosen
        _set_options(name, text)
        return text, ""
    if text != state["text"] or (state["plain"] and "weights" not in st.session_state):
        _set_options(name, text)  # other weights than before, or back from another page
        return text, ""
    return text, state["lost"]


def _known(name: str, text: str) -> bool:
    """Return whether `text` names weights that the architecture `name` has."""
    try:
        weights = parse_weights(text)
        source_of(weights).check(weights, name)
    except (UserError, ValueError):
        return False
    return True


def _set_options(name: str, text: str) -> None:
    """Set the options to the network that the weights were made for."""
    own = _own_spec(text, _shown_spec(name))
    if own is not None:
        option_widgets.set_options(own)


def _own_spec(text: str, form: ModelSpec) -> ModelSpec | None:
    """Return the network that weights were made for, of several the one of that `form`; None for no certain one."""
    if text == _BY_OPTIONS:
        return None
    weights = parse_weights(text)
    return source_of(weights).info(weights, form).spec


def _shown_spec(name: str) -> ModelSpec:
    """Return the network as far as the widgets of its options stand already."""
    options = {
        option.name: st.session_state[f"{name}.{option.name}"]
        for option in architecture(name).options
        if f"{name}.{option.name}" in st.session_state
    }
    try:
        return ModelSpec.of(name, options)
    except UserError:
        return ModelSpec.of(name)


def _match(spec: ModelSpec, text: str, lost: str) -> tuple[str, str]:
    """Return the weights that `spec` can have: the chosen, those lost before that fit again, or untrained ones."""
    if text == _BY_OPTIONS:
        return format_weights(weights_for(spec)), ""
    if text == _UNTRAINED and lost and _fits(spec, lost):
        return lost, ""
    if _fits(spec, text):
        return text, lost if text == _UNTRAINED else ""
    return _UNTRAINED, text


def _fits(spec: ModelSpec, text: str) -> bool:
    try:
        own = _own_spec(text, spec)
        return own is None or spec.has_tensors_of(own)
    except UserError:
        return False


def _draw_menu(name: str, text: str) -> None:
    t = load("weights", language())
    listed = [weights for source in WEIGHT_SOURCES.values() for weights in source.list(name, browser_key.key())]
    texts = [format_weights(weights) for weights in listed]

    def title(text: str) -> str:
        weights = parse_weights(text)
        return source_of(weights).title(weights, t)

    options = texts if text in texts else [text, *texts]
    st.selectbox(t("label"), options, key="weights", help=t("help"), format_func=title)
