"""The trust panel on the page: one test at a time, only that one is computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui import shell
from cnnviz.ui.pick import pick_one
from cnnviz.ui.saliency.axis import Given, Pane
from cnnviz.ui.saliency.trust import faithful, noisy, objects, random_weights, sums
from cnnviz.ui.saliency.trust.given import Asked, Shown

if TYPE_CHECKING:
    from cnnviz.attribution import Attribution

TESTS = {
    "completeness": sums.show,
    "randomisation": random_weights.show,
    "deletion": faithful.show,
    "sensitivity": noisy.show,
    "pointing": objects.show,
}


@shell.fragment()
def show_trust(made: Sequence[tuple[Pane, Attribution]], given: Given, t: Text) -> None:
    """The choice of a test, what it asks, and its answer for every map on the page."""
    st.header(t("trust.title"))
    chosen = pick_one(
        "trust", t("trust.label"), tuple(TESTS), lambda test: t(f"trust.{test}.title"), label_visibility="collapsed"
    )
    st.markdown(t(f"trust.{chosen}.asks"))
    TESTS[chosen](Asked([Shown(pane, found) for pane, found in made], given), t)
    st.caption(t(f"trust.{chosen}.read"))
