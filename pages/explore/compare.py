"""Two to four networks side by side: what each costs, and how far its units see."""

import streamlit as st

from cnnviz.figures.comparison import cost_bars, cost_summary, field_growth, growth_summary
from cnnviz.ui.components.figure import draw_chart, page_object
from cnnviz.ui.core import asking, shell
from cnnviz.ui.pages.compare import page

t = shell.begin_page("compare")
st.title(t("title"))
st.markdown(t("lead"))
compared = page.traces(page.select_contenders(t))
shell.draw_link_warnings()
labels, networks, traces = zip(*compared, strict=True) if compared else ((), (), ())
sizes = sorted({network.input_shape[1] for network in networks}, reverse=True)
if len(sizes) > 1:
    st.caption(t("sizes_differ", sizes=t.listed(map(str, sizes))))

if compared:
    st.header(t("table.title"))
    with page_object("costs", t, caption=t.listed(labels)):
        st.table(page.cost_table(compared, t))
        if (said := page.describe_costs(compared, t)) and asking.reveal("costs", labels):
            st.markdown(said)

    st.header(t("measure.title"))
    for column, measure in zip(st.columns(2), ("num_params", "macs"), strict=True):
        with column:
            draw_chart(
                cost_bars(labels, traces, measure, t),
                key=measure,
                alt=t("measure.alt", summary=cost_summary(labels, traces, measure, t)),
                t=t,
                caption=t.listed(labels),
            )

    st.header(t("growth.title"))
    draw_chart(
        field_growth(labels, traces, t),
        key="growth",
        alt=t("growth.alt", summary=growth_summary(labels, traces, t)),
        t=t,
        caption=t.listed(labels),
    )

    with shell.guarded():
        page.draw_stopwatch(compared, t)
