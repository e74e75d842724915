"""A note on the results to expect of the course's settings on the chosen images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz.data import dataset
from cnnviz.runs.planned_network import recipe
from cnnviz.text import Text
from cnnviz.ui.pages.studio import batch_size_hint
from cnnviz.zoo import architecture

IMAGES = "fashion_mnist"
"""The dataset that the course chose its settings on."""
FEW = 1 / 4
"""The share of the course's updates below which little is to be expected."""


def draw(plan: Mapping[str, Any], t: Text) -> None:
    """Draw how many updates the course's settings make on the plan's images beside its own."""
    if plan["dataset"] == IMAGES and not plan["limit"]:
        st.caption(t("course.own"))
        return
    entry, there = architecture(plan["architecture"]), dataset(IMAGES).num_train
    course = recipe(entry, plan["options"], there)
    theirs = course["epochs"] * batch_size_hint.updates(there, course["batch_size"])
    ours = plan["settings"]["epochs"] * batch_size_hint.updates(
        batch_size_hint.count_of(plan), plan["settings"]["batch_size"]
    )
    kind = "few" if ours < FEW * theirs else "other"
    st.caption(t(f"course.{kind}", theirs=f"{theirs:,}", ours=f"{ours:,}"))
