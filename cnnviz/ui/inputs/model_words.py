"""Sentences on the weights of the chosen model, drawn on a page."""

from __future__ import annotations

import streamlit as st

from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.table import parse_weights, source_of
from cnnviz.models.spec import ModelSpec
from cnnviz.models.spec_words import describe_difference
from cnnviz.text import load
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.core.shell import language


def draw_lost_weights(lost: str, spec: ModelSpec) -> None:
    """Draw which weights, as a link names them, no longer fit, and the options that they differ in."""
    t = load("weights", language())
    weights = parse_weights(lost)
    source = source_of(weights)
    own = source.info(weights, spec).spec
    options = describe_difference(spec, own, t.language) if own is not None else ""
    st.warning(t("lost", weights=escape_markdown(source.title(weights, t)), knobs=options), icon=":material/link_off:")


def draw_model(model: TrainedModel) -> None:
    """Draw the training of the weights, their accuracy, and how the network differs from the course's."""
    t = load("weights", language())
    told = [model.describe(t.language, escape_markdown)]
    if model.source.is_trained and model.spec.definition is None:
        options = describe_difference(model.spec, ModelSpec.of(model.spec.architecture), t.language)
        told += [t("differs", knobs=options)] if options else []
    own = model.info.spec
    if own is not None and model.spec != own:
        told.append(t("turned", knobs=describe_difference(model.spec, own, t.language)))
    st.caption(t.row(told))
