"""The settings that a training starts from: those chosen for the dataset, or the course's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from cnnviz.data import dataset
from cnnviz.definitions import NetworkDefinition
from cnnviz.runs.planned_network import recipe
from cnnviz.runs.quick_settings import quick_settings
from cnnviz.text import Text
from cnnviz.ui.core import url, url_state
from cnnviz.ui.pages.studio import own_plan
from cnnviz.ui.pages.studio.links import BASE, COURSE, QUICK
from cnnviz.zoo import architecture

KEY = BASE.name


def select_base(keys: Sequence[str], t: Text) -> str:
    """Draw the choice and return the base; `keys` are those of the settings, which follow it.

    A link that names settings but no base is older than this choice: its others were the course's.
    """
    if url_state.comes(*keys) and not url_state.comes(KEY):
        url.put(BASE, COURSE)
    url.value(BASE)
    chosen = st.segmented_control(
        t("base.label"),
        (QUICK, COURSE),
        key=KEY,
        required=True,
        format_func=lambda base: t(f"base.{base}"),
        help=t("base.help"),
        on_change=_reset_settings,
        args=(keys,),
        wrap=True,
    )
    return chosen or QUICK


def write_base(keys: Sequence[str]) -> None:
    """Write the base into the URL, where that does not follow from the settings named there."""
    named = any(key in st.query_params for key in keys)
    url.keep(BASE.usual(COURSE if named else QUICK), st.session_state[KEY])


def base_settings(
    base: str,
    name: str,
    options: Mapping[str, Any],
    images: str,
    limit: int,
    definition: NetworkDefinition | None = None,
) -> dict[str, Any]:
    """Return the settings of a base that differ from the defaults of `TrainConfig`.

    `definition` is that of a network of the user's own.
    """
    entry = dataset(images)
    count = min(limit or entry.num_train, entry.num_train)
    if definition is not None:
        return own_plan.base_settings(base, definition, images, count)
    if base == COURSE:
        found = recipe(architecture(name), options, count)
        return found | {"learning_rate": float(found["learning_rate"])}
    return _quick(name, tuple(options.items()), images, count)


def _reset_settings(keys: Sequence[str]) -> None:
    url_state.hide(*keys)
    url_state.forget(*keys)


@st.cache_data(max_entries=256, show_spinner=False)
def _quick(name: str, options: tuple[tuple[str, Any], ...], images: str, count: int) -> dict[str, Any]:
    return quick_settings(architecture(name), dict(options), dataset(images), count)
