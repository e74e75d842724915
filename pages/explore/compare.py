"""Two to four networks side by side: what each costs, and how far its units see."""

import streamlit as st

from cnnviz.figures.comparison import cost_bars, cost_summary, field_growth, growth_summary
from cnnviz.ui.core import shell
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
    st.table(page.cost_table(compared, t))
    if said := page.describe_costs(compared, t):
        st.markdown(said)

    st.header(t("measure.title"))
    for column, measure in zip(st.columns(2), ("num_params", "macs"), strict=True):
        column.plotly_chart(
            cost_bars(labels, traces, measure, t),
            key=measure,
            config={"displayModeBar": False},
            alt=t("measure.alt", summary=cost_summary(labels, traces, measure, t)),
        )

    st.header(t("growth.title"))
    st.plotly_chart(
        field_growth(labels, traces, t),
        key="growth",
        config={"displayModeBar": False},
        alt=t("growth.alt", summary=growth_summary(labels, traces, t)),
    )

    with shell.guarded():
        page.draw_stopwatch(compared, t)
