"""Short trainings, live: what is trained, its curves, and the runs before it."""

import streamlit as st

from cnnviz.ui.core import shell
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.pages.studio import page

t = shell.begin_page("studio")
st.title(t("title"))
st.markdown(t("lead"))

with shell.guarded():
    run_queue.drop_reload()
    run_queue.prepare()
    run_queue.mark_visited()
    records = run_queue.users_runs()
    chooser, watched = st.columns([1, 2], gap="large")
    with chooser, shell.guarded():
        page.draw_run_form(records, t)
    with watched, shell.guarded():
        page.draw_watched_run(records, t)

    st.header(t("experiment.label"), anchor="experiments")
    with shell.guarded():
        page.draw_experiments(records, t)

    with shell.guarded():
        page.draw_run_table(records, t)
    shell.draw_link_warnings()
