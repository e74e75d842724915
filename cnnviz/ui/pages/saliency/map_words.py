"""Notes on methods: the meaning of their colours, and the limits of their maps."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.attribution import METHODS
from cnnviz.text import Text, load
from cnnviz.ui.pages.saliency import method_picker


def draw_method_notes(names: Sequence[str], t: Text) -> None:
    """Draw for each method what it computes, what its colours mean, the limits of its map, and who computes it."""
    words = load("attribution", t.language)
    names = list(dict.fromkeys(names))
    for first in range(0, len(names), 3):
        row = names[first : first + 3]
        for cell, name in zip(st.columns(max(2, len(row)), gap="large"), row, strict=False):
            with cell:
                st.markdown(f"**{method_picker.title(name, t.language)}**")
                st.markdown(t.row([words(f"method.{name}.idea"), words(f"method.{name}.colours")]))
                st.caption(f"**{t('not_said')}** {words(f'method.{name}.limits')}")
                st.caption(METHODS[name].describe_computed_by(t.language))
