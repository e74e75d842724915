"""The user's own network in the studio: its part of a plan, its settings, and the numbers that adapt it to a set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz.data import dataset
from cnnviz.definitions import NetworkDefinition, from_json, to_json
from cnnviz.definitions.fitting import ChangedNumber, adapted, check_fits
from cnnviz.errors import UserError
from cnnviz.runs.planned_network import own_image_size
from cnnviz.runs.quick_settings import usual_quick_settings
from cnnviz.text import Text
from cnnviz.ui.core import url
from cnnviz.ui.core.failure import draw_failure
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs import own_network
from cnnviz.ui.inputs.links import OWN_NETWORK
from cnnviz.ui.pages.studio.links import QUICK

MOST_SAID = 4
"""Changed numbers that are named."""


def select_definition() -> NetworkDefinition:
    """Draw what is to say of the user's own network; return it.

    Raises:
        UserError: a network that breaks, gives no scores, or is beyond the limits of this server.
    """
    text = url.keep(OWN_NETWORK, url.value(OWN_NETWORK))
    own_network.draw_own_network(text)
    definition = own_network.own_spec(text).definition
    assert definition is not None
    return definition


def plan_part(definition: NetworkDefinition) -> dict[str, str]:
    """Return the part of a plan that holds a network of the user's own."""
    return {"definition": to_json(definition, lines=False)}


def definition_of(plan: Mapping[str, Any]) -> NetworkDefinition | None:
    """Return the network of the user's own in a plan; None for one of an architecture."""
    return from_json(plan["definition"]) if plan.get("definition") else None


def base_settings(base: str, definition: NetworkDefinition, images: str, count: int) -> dict[str, Any]:
    """Return the settings of a base that differ from the defaults of `TrainConfig`."""
    size = own_image_size(definition.input_shape, dataset(images))
    if base == QUICK:
        return usual_quick_settings(count) | {"image_size": size}
    return {"learning_rate": 0.1, "batch_size": min(128, count), "image_size": size, "epochs": 10, "optimizer": "sgd"}


def draw_fit(plan: Mapping[str, Any], t: Text) -> bool:
    """Draw why the network of a plan cannot be trained on its set, and the button that adapts it; return whether it
    can."""
    definition = definition_of(plan)
    if definition is None:
        return True
    images = dataset(plan["dataset"])
    channels, height, width = images.input_shape
    side = plan["settings"]["image_size"]
    shape = (channels, side or height, side or width)
    try:
        check_fits(definition, shape, images.num_classes, images.describe("title", t.language) or images.name)
    except UserError as error:
        draw_failure(error)
    else:
        return True
    try:
        fitting, changes = adapted(definition, shape, images.num_classes)
    except UserError as error:
        draw_failure(error)
        return False
    said = t.listed(_said(one, t) for one in changes[:MOST_SAID])
    st.button(
        t("own.adapt", changes=escape_markdown(said) if len(changes) <= MOST_SAID else f"{escape_markdown(said)} …"),
        key="own.adapt",
        icon=":material/build:",
        on_click=_adapt,
        args=(fitting,),
    )
    return False


def _said(one: ChangedNumber, t: Text) -> str:
    return t("own.change", layer=one.layer, setting=one.setting, before=one.before, after=one.after)


def _adapt(definition: NetworkDefinition) -> None:
    own_network.put_network(definition)
