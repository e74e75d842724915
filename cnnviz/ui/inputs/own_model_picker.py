"""The menu of weights of the user's own network: of its file, of its trainings, or drawn by a seed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.errors import UserError
from cnnviz.models.model import UNTRAINED, TrainedModel
from cnnviz.models.own_networks import OWN_NETWORKS
from cnnviz.models.sources.own import OwnFileSource
from cnnviz.models.sources.table import WEIGHT_SOURCES, format_weights, parse_weights, source_of
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.models.weights import WeightsRef
from cnnviz.text import load
from cnnviz.ui.core import browser_key, url, url_state
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs import own_network
from cnnviz.ui.inputs.links import OWN_NETWORK, WEIGHTS
from cnnviz.ui.inputs.option_widgets import select_seed
from cnnviz.ui.inputs.uploaded_weights import file_owner

_UNTRAINED = format_weights(UNTRAINED)


def select_own_model(menu: DeltaGenerator, options: DeltaGenerator, came: bool, state: dict[str, Any]) -> TrainedModel:
    """Draw the menu of weights into `menu`, and what is to say of the network into `options`; return the model.

    `came` tells that a link names network or weights; `state` remembers the choice for the next run.

    Raises:
        UserError: a network that does not run, or is beyond the limits of this server.
    """
    text = url.value(OWN_NETWORK)
    with options:
        own_network.draw_own_network(text)
    spec = own_network.own_spec(text)
    url.keep(OWN_NETWORK, text)
    asked = _asked(spec)
    listed = [format_weights(weights) for weights in fitting_weights(spec)]
    chosen = st.session_state.get(WEIGHTS.name, state.get("text", ""))
    if asked is not None or came:
        chosen = asked or _UNTRAINED
    elif state.get("net") != OWN or _fitting(chosen, spec) is None:
        chosen = listed[0]
    with menu:
        st.session_state[WEIGHTS.name] = chosen
        t = load("weights", language())
        choices = listed if chosen in listed else [chosen, *listed]
        st.selectbox(t("label"), choices, key=WEIGHTS.name, help=t("own_help"), format_func=_title)
    model = _model(chosen, spec, options, menu)
    url.keep(WEIGHTS.usual(_UNTRAINED), chosen)
    state.update(net=OWN, text=chosen, plain=True, lost="", usual=_UNTRAINED)
    return model


def fitting_weights(spec: ModelSpec) -> list[WeightsRef]:
    """Return the weights of this user that fit a network of their own: its file's, its trainings', untrained last."""
    opened = own_network.opened_weights(spec)
    trained = [
        weights
        for weights in WEIGHT_SOURCES["run"].list(OWN, browser_key.key())
        if _fitting(format_weights(weights), spec) is not None
    ]
    return [*([] if opened is None else [opened]), *trained, UNTRAINED]


def _asked(spec: ModelSpec) -> str | None:
    """Return the weights that a fresh link names, as an entry of the menu; None where it names none that fit."""
    asked = url_state.arriving(WEIGHTS.name)
    if asked is None:
        return None
    if asked.startswith(f"{OWN}:"):
        return _UNTRAINED
    if _fitting(asked, spec) is None:
        url_state.note_wrong(WEIGHTS.name, asked)
        return None
    return asked


def _fitting(text: str, spec: ModelSpec) -> ModelSpec | None:
    """Return the network that weights were made for, the given one where they tell none; None where they don't fit."""
    try:
        weights = parse_weights(text)
        source = source_of(weights)
        if weights.source not in (UNTRAINED.source, OwnFileSource.name, "run"):
            return None
        source.check(weights, OWN) if weights.source == "run" else None
        made_for = source.info(weights, spec).spec or spec
        return made_for if spec.has_tensors_of(made_for) else None
    except (UserError, ValueError):
        return None


def _model(text: str, spec: ModelSpec, options: DeltaGenerator, menu: DeltaGenerator) -> TrainedModel:
    weights = parse_weights(text)
    if weights.source == UNTRAINED.source:
        with options:
            return TrainedModel.of(replace(weights, seed=select_seed()), spec)
    if weights.source != OwnFileSource.name:
        return TrainedModel.of(weights, _fitting(text, spec) or spec)
    digest = OWN_NETWORKS.find(weights.name, file_owner())
    if digest is None:
        menu.warning(load("controls", language())("own.lost"), icon=":material/link_off:")
        return TrainedModel(spec)
    return TrainedModel.of(replace(weights, name=digest), spec)


def _title(text: str) -> str:
    weights = parse_weights(text)
    return source_of(weights).title(weights, load("weights", language()))
