"""Any network of the course with its knobs: the diagram, every layer's numbers, and its PyTorch."""

import streamlit as st

from cnnviz.ui import architectures, controls, shell
from cnnviz.ui.network import cached_trace

t = shell.page("architectures")
st.title(t("title"))
st.markdown(t("lead"))
picker, facts = st.columns([1, 2])
with picker:
    name = controls.pick_network()
with facts:
    architectures.say_facts(name, t)
with st.expander(t("knobs"), expanded=True):
    network = controls.turn_knobs(name)
    architectures.say_smallest(network, t)
shell.link_notes()

with shell.guarded():
    from cnnviz.figures.stages import stage_bars, stage_summary
    from cnnviz.ui.diagram import diagram
    from cnnviz.ui.layer_table import layer_csv, layer_formats, layer_table

    trace = cached_trace(network)
    architectures.say_totals(trace, t)

    st.header(t("diagram.title"))
    row = architectures.chosen(trace)
    picked = diagram(trace, key="diagram", language=t.language, selected=row)
    architectures.say_row(network, trace, picked or row, t)

    st.header(t("table.title"))
    st.dataframe(layer_table(trace, t), hide_index=True, column_config=layer_formats(t), placeholder="")
    st.download_button(
        t("table.download"),
        layer_csv(trace),
        f"{name}-layers.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )

    st.header(t("stages.title"))
    st.plotly_chart(stage_bars(trace, t), key="stages", config={"displayModeBar": False}, alt=stage_summary(trace, t))

    st.header(t("code.title"))
    st.markdown(t("code.lead"))
    code = architectures.source(network)
    st.code(code, language="python", height=480)
    st.download_button(
        t("code.download"), code, f"{name}.py", "text/x-python", icon=":material/download:", on_click="ignore"
    )
