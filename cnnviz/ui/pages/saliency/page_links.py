"""Links to other pages with the same network and image."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.core import shell
from cnnviz.ui.inputs.image_choice import image_set_of
from cnnviz.ui.pages.saliency.subject import SaliencyInput


def draw_page_links(subject: SaliencyInput, place: str, t: Text) -> None:
    """Draw links to other pages with the same network and image, to the layer `place` if it is a step of the walk."""
    query = subject.model.to_url() | subject.image.to_url()
    if place in (row.name for row in subject.spec.trace().layers):
        query |= {"layer": place}
    with st.container(horizontal=True):
        shell.page_link("walkthrough", t("ties.walkthrough"), **query)
        if subject.model.source.records_training:
            own = subject.model.info.dataset == image_set_of(subject.image)
            at = {"at": str(subject.image.number)} if own else {}
            shell.page_link("mistakes", t("ties.mistakes"), weights=query["weights"], **at)
