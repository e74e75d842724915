"""Short trainings, live: a finished example or the run that is watched, what is trained, and ready-made questions."""

import streamlit as st

from cnnviz.ui.core import scroll_to, shell
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.pages.studio import example_view

t = shell.begin_page("studio")
with st.container(key="eyebrow"):
    st.title(t("title"))

with shell.guarded():
    run_queue.drop_reload()
    records = run_queue.users_runs()
    first = example_view.is_asked_for(records)
    watched, chooser = st.columns([7, 3], gap="large")
    with watched:
        menus = st.container(gap=None)
        if first:
            example_view.draw_picture(t)
        start = st.container(key="start-slot")
        if first:
            example_view.draw_answer(t)
    run_queue.prepare()
    with chooser:
        shell.wait_for_libraries("studio")

    from cnnviz.ui.pages.studio import page, questions, run_list

    run_queue.mark_visited()
    with chooser, shell.guarded():
        plan = page.draw_settings(records, t)
        with start, shell.guarded():
            page.draw_start(plan, records, t)
    with menus:
        scroll_to.anchor("run")
        run_ids = run_list.select_runs(records, t)
    with watched, shell.guarded():
        page.draw_watched(run_ids, records, first, t)
    with chooser, shell.guarded():
        questions.draw(t)
        st.caption(t("lead"))

    st.header(t("experiment.label"), anchor="experiments")
    with shell.guarded():
        page.draw_experiments(records, t)

    with shell.guarded():
        page.draw_run_table(records, t)
    shell.draw_link_warnings()
