"""The menu of the models that can be tested on the images of their set: those of the project and the user's runs."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.table import WEIGHT_SOURCES, format_weights, parse_weights, source_of
from cnnviz.models.weights import WeightsRef
from cnnviz.text import Text
from cnnviz.ui.core import browser_key, url_state


def select_tested_model(t: Text) -> TrainedModel | None:
    """Draw the menu and return the selected model; None where there is none at all."""
    listed = [weights for source in WEIGHT_SOURCES.values() for weights in source.list_testable(browser_key.key())]
    titles = {format_weights(weights): _title(weights, t) for weights in listed}
    default = next(iter(titles), "")
    wanted = url_state.seed("weights", default, _parse)
    if wanted not in titles:
        try:
            weights = parse_weights(wanted)
            source_of(weights).check_testable(weights)
            titles[wanted] = _title(weights, t)
        except (UserError, ValueError):
            if wanted:
                url_state.note_wrong("weights", wanted)
            url_state.put("weights", default)
    if not titles:
        return None
    chosen = st.selectbox(
        t("pick.label"),
        tuple(titles),
        key="weights",
        help=t("pick.help"),
        format_func=lambda text: titles.get(text, text),
    )
    url_state.keep("weights", chosen, default)
    return TrainedModel.of(parse_weights(chosen))


def _title(weights: WeightsRef, t: Text) -> str:
    source = source_of(weights)
    title = source.short_title(weights)
    return t("pick.run", name=title) if source.is_users else title


def _parse(text: str) -> str:
    weights = parse_weights(text)
    if not source_of(weights).records_training:
        raise ValueError(text)
    return format_weights(replace(weights, step=None))
