"""Links to the pages that show a run's weights further."""

from __future__ import annotations

import streamlit as st

from cnnviz.models.model import TrainedModel
from cnnviz.models.weights import WeightsRef
from cnnviz.runs.run_record import RunRecord
from cnnviz.text import Text
from cnnviz.ui.core import shell
from cnnviz.ui.pages.studio.maps_over_steps import choice_of

LINKED_PAGES = ("walkthrough", "mistakes", "saliency")


def draw_page_links(record: RunRecord, step: int | None, t: Text) -> None:
    """Draw a link to each page with the weights after the saved `step`, or with the latest ones."""
    query = TrainedModel(choice_of(record), WeightsRef("run", record.id, step)).to_url()
    picture = {"image": record.plan.dataset, "n": str(st.session_state.get("test.image", 0))}
    with st.container(horizontal=True):
        for name in LINKED_PAGES:
            shell.page_link(name, t(f"open.{name}"), **query, **picture)
