"""A hint on runs that do not keep their weights at each step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.runs.checkpoint import fits_budget
from cnnviz.runs.limits import limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.text import Text


def draw_before_start(given: Mapping[str, Any], t: Text) -> None:
    """Draw a sentence where a run of the plan `given` would keep none; what cannot be trained is said when it
    is asked."""
    try:
        size = _weight_bytes(
            given["architecture"],
            tuple(given["options"].items()),
            given.get("definition", ""),
            given["dataset"],
            given["settings"]["image_size"],
        )
        if not fits_budget(size, limits().history_megabytes):
            draw(t)
    except UserError:
        return


def draw(t: Text) -> None:
    """Draw the sentence."""
    st.caption(t("kept.none", megabytes=limits().history_megabytes))


@st.cache_data(max_entries=256, show_spinner=False)
def _weight_bytes(
    architecture: str, options: tuple[tuple[str, Any], ...], definition: str, dataset: str, image_size: Any
) -> int:
    plan = RunPlan.parse(
        {
            "architecture": architecture,
            "options": dict(options),
            **({"definition": definition} if definition else {}),
            "dataset": dataset,
            "settings": {"image_size": image_size},
        }
    )
    return sum(weight.nbytes for weight in plan.network("meta").state_dict().values())
