"""The form of a network that its options stand at until the user changes them: by dataset, or the course's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.data import dataset
from cnnviz.models.spec_words import describe_option
from cnnviz.options import Value, format_value
from cnnviz.runs.quick_settings import quick_options
from cnnviz.text import Text
from cnnviz.ui.core import url, url_state
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs.links import OPTIONS
from cnnviz.ui.pages.studio.links import COURSE, QUICK
from cnnviz.zoo import architecture

if TYPE_CHECKING:
    from cnnviz.zoo.architecture_record import Architecture


def default_form(entry: Architecture, base: str, images: str) -> dict[str, Value]:
    """Return every option of the form that a base of settings begins with for a dataset."""
    return entry.resolve() if base == COURSE else quick_options(entry, dataset(images))


def follow(entry: Architecture, form: Mapping[str, Value]) -> None:
    """Bring the options that stand at the default form of the last run to `form`, before their widgets are drawn.

    Those that the user or a link has set stay as they are.
    """
    for option in entry.options:
        param, usual = OPTIONS[entry.name][option.name], form[option.name]
        key = param.name
        before = st.session_state.get(f"{key}.usual", option.default)
        st.session_state[f"{key}.usual"] = usual
        if usual == before == option.default or url_state.comes(key):
            continue
        if url_state.expected(key) in (None, str(before), format_value(before), param.format(before)):
            url.put(param, usual)


def draw(name: str, images: str, t: Text) -> None:
    """Draw the options that the form for a dataset sets."""
    entry = architecture(name)
    if changed := entry.changed(default_form(entry, QUICK, images)):
        said = [describe_option(name, option, value, t.language) for option, value in changed.items()]
        st.caption(t("base.form", network=entry.title, options=escape_markdown(t.listed(said))))
