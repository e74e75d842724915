"""Teaches untouched: a digit on its way through LeNet, and the eight families in a row."""

import streamlit as st

from cnnviz.facts import facts
from cnnviz.text import load
from cnnviz.text.numbers import short
from cnnviz.ui import address, shell, warm_up
from cnnviz.ui.home import draw_trace, style_trace

ACROSS = 4

t = shell.page("home")
address.seed("page", "", address.one_of([""]))
shell.link_notes()
st.title(t("title"))
st.markdown(t("lead"))
draw_trace(facts(), t)
shell.let_paint()
style_trace()
st.caption(t("steps.note", guess=facts().guess))
shell.page_button("walkthrough", t("enter"), net="lenet", n=str(facts().number))

st.header(t("timeline.title"))
for position, network in enumerate(sorted(facts().networks, key=lambda network: network.year)):
    if position % ACROSS == 0:
        columns = st.columns(ACROSS)
    words = load(f"zoo/{network.name}", shell.language())
    with columns[position % ACROSS].container(border=True, height="stretch"):
        st.subheader(f"{network.year} · {network.title}")
        st.markdown(f"**{words('line')}**")
        st.markdown(words("changed"))
        st.caption(
            t(
                "timeline.facts",
                layers=network.num_weighted,
                params=short(network.num_params),
                macs=short(network.macs),
                size=network.input_shape[1],
            )
        )
        shell.page_link("walkthrough", t("timeline.walk", title=network.title), net=network.name)

warm_up.begin()
