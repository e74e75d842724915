"""Short trainings, live: what is trained, its curves, and the runs before it."""

import streamlit as st

from cnnviz.ui.core import shell
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.pages.studio import page

t = shell.page("studio")
st.title(t("title"))
st.markdown(t("lead"))

with shell.guarded():
    run_queue.drawn()
    run_queue.prepare()
    run_queue.look_after()
    records = run_queue.runs()
    chooser, watched = st.columns([1, 2], gap="large")
    with chooser, shell.guarded():
        page.choose(records, t)
    with watched, shell.guarded():
        page.watch(records, t)

    st.header(t("experiment.label"), anchor="experiments")
    with shell.guarded():
        page.experiments(records, t)

    with shell.guarded():
        page.overview(records, t)
    shell.draw_link_warnings()
