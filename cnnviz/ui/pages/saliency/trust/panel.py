"""The trust panel on the page: one test at a time, only that one is computed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.attribution import Attribution
from cnnviz.text import Text
from cnnviz.ui.core import shell, url
from cnnviz.ui.pages.saliency.comparison_axis import ComparedMap, MapInputs
from cnnviz.ui.pages.saliency.links import TRUST
from cnnviz.ui.pages.saliency.map_computation import compute_maps
from cnnviz.ui.pages.saliency.trust import (
    completeness,
    deletion_insertion,
    pointing_game,
    sensitivity,
    weight_randomisation,
)
from cnnviz.ui.pages.saliency.trust.result_cache import TestedMap, TrustQuestion

TESTS = {
    "completeness": completeness.draw,
    "randomisation": weight_randomisation.draw,
    "deletion": deletion_insertion.draw,
    "sensitivity": sensitivity.draw,
    "pointing": pointing_game.draw,
}


@shell.fragment()
def draw_trust(panes: Sequence[ComparedMap], given: MapInputs, t: Text) -> None:
    """Draw the choice of a test, its question, and its answer for every map on the page, which the cache holds."""
    with st.expander(t("trust.all"), icon=":material/fact_check:", expanded=url.value(TRUST) != TRUST.default):
        chosen = url.select(
            TRUST,
            t("trust.label"),
            lambda test: t(f"trust.{test}.title"),
            style="segments",
            label_visibility="collapsed",
        )
        st.markdown(t(f"trust.{chosen}.asks"))
        made = zip(panes, compute_maps([pane.case for pane in panes], t, "trust"), strict=True)
        shown = [TestedMap(pane, found) for pane, found in made if isinstance(found, Attribution)]
        if shown:
            TESTS[chosen](TrustQuestion(shown, given), t)
        st.caption(t(f"trust.{chosen}.read"))
