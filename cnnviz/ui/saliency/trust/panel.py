"""The trust panel on the page: one test at a time, only that one is computed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui import shell
from cnnviz.ui.pick import pick_one
from cnnviz.ui.saliency.axis import Given, Pane
from cnnviz.ui.saliency.case import attribution_of
from cnnviz.ui.saliency.trust import faithful, noisy, objects, random_weights, sums
from cnnviz.ui.saliency.trust.given import Asked, Shown

TESTS = {
    "completeness": sums.show,
    "randomisation": random_weights.show,
    "deletion": faithful.show,
    "sensitivity": noisy.show,
    "pointing": objects.show,
}


@shell.fragment()
def show_trust(panes: Sequence[Pane], given: Given, t: Text) -> None:
    """The choice of a test, what it asks, and its answer for every map on the page, which the cache holds."""
    st.header(t("trust.title"))
    chosen = pick_one(
        "trust", t("trust.label"), tuple(TESTS), lambda test: t(f"trust.{test}.title"), label_visibility="collapsed"
    )
    st.markdown(t(f"trust.{chosen}.asks"))
    TESTS[chosen](Asked([Shown(pane, attribution_of(pane.case)) for pane in panes], given), t)
    st.caption(t(f"trust.{chosen}.read"))
