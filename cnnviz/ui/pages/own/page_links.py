"""Links that open one's own network in the other pages."""

from __future__ import annotations

import streamlit as st

from cnnviz.definitions.text_form import LONGEST_LINK
from cnnviz.models.model import UNTRAINED, TrainedModel
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.text import Text, load
from cnnviz.ui.core import shell
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs.own_model_picker import fitting_weights

_SEEN = "own.seen"
LINKED = ("architectures", "walkthrough", "saliency", "studio")
"""Pages that take network and weights by the same names."""


def draw_page_links(spec: ModelSpec, t: Text) -> None:
    """Draw the links, with the weights of the opened file or of the newest training; which they are is said."""
    words = load("shell", t.language)
    listed = fitting_weights(spec)
    model = TrainedModel.of(listed[0], spec)
    network = spec.to_url()
    with st.container(horizontal=True, vertical_alignment="center", key="own-links"):
        st.markdown(f"**{t('ties.title')}**", width="content")
        for name in LINKED:
            query = network if name in ("architectures", "studio") else model.to_url()
            shell.page_link(name, words(f"page.{name}"), **query)
        shell.page_link("compare", words("page.compare"), **network, set="own", a="own", b="lenet")
        before = _network_before(network[OWN])
        if before and len(before) + len(network[OWN]) <= LONGEST_LINK:
            beside = {"a": OWN, "b": OWN, "b.own": before}
            shell.page_link("compare", t("ties.before"), **network, set="own", **beside)
        trained = [weights for weights in listed if weights.source == "run"]
        if trained:
            chosen = TrainedModel.of(trained[0])
            shell.page_link("mistakes", words("page.mistakes"), **chosen.source.to_url(chosen.weights))
            shell.page_link("results", words("page.results"), set=chosen.info.dataset, one=chosen.weights.name)
    told = []
    if model.weights.source == "own-file":
        said = model.source.describe(model.weights, model.info, load("weights", t.language), escape_markdown)
        told = [said, t("ties.weights")]
    told += [] if trained else [t("ties.untrained")]
    if told or model.weights == UNTRAINED:
        st.caption(t.row(told))


def _network_before(link: str) -> str:
    """Return the network that these links opened before the present one, by its link; "" for none."""
    now, before = st.session_state.get(_SEEN, ("", ""))
    if link != now:
        before = now
        st.session_state[_SEEN] = (link, before)
    return str(before)
