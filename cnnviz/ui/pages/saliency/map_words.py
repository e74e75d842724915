"""Notes on methods: the meaning of their colours, and the limits of their maps."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import streamlit as st

from cnnviz.attribution import METHODS, Attribution
from cnnviz.text import Text, load
from cnnviz.ui.pages.saliency import method_picker

SMALL = 1e-4
"""A completeness error below which its digits say nothing."""


def draw_method_notes(names: Sequence[str], found: Sequence[Attribution], t: Text) -> None:
    """Draw for each method what it computes, what its colours mean, the limits of its map, and who computes it.

    For the first map of each in `found`, whether its values add up.
    """
    words = load("attribution", t.language)
    names = list(dict.fromkeys(names))
    adding_up = {one.method: describe_completeness(one, t) for one in reversed(found) if one.completeness is not None}
    for first in range(0, len(names), 3):
        row = names[first : first + 3]
        for cell, name in zip(st.columns(max(2, len(row)), gap="large"), row, strict=False):
            with cell:
                st.markdown(f"**{method_picker.title(name, t.language)}**")
                st.markdown(t.row([words(f"method.{name}.idea"), words(f"method.{name}.colours")]))
                st.caption(f"**{t('not_said')}** {words(f'method.{name}.limits')}")
                if name in adding_up:
                    st.caption(adding_up[name])
                st.caption(METHODS[name].describe_computed_by(t.language))


def describe_completeness(result: Attribution, t: Text) -> str:
    """Return the sentence on how far the values of a map add up."""
    sums = result.completeness
    assert sums is not None
    error = f"< {100 * SMALL:g}" if sums.error < SMALL else f"{100 * sums.error:.2g}" if isfinite(sums.error) else "∞"
    several = result.baseline is not None and result.baseline.dim() == 4
    said = {"total": f"{sums.total:.4g}", "difference": f"{sums.difference:.4g}", "error": error}
    return t("adds_up_several" if several else "adds_up", **said)
