"""Any network of the course with its knobs: the diagram, every layer's numbers, and its PyTorch."""

import streamlit as st

from cnnviz.figures.stages import stage_bars, stage_summary
from cnnviz.ui.components.diagram import diagram
from cnnviz.ui.components.diagram.diagram_files import diagram_files
from cnnviz.ui.components.figure import draw_chart, page_object
from cnnviz.ui.components.layer_table import layer_column_formats, layer_csv, layer_table
from cnnviz.ui.core import shell
from cnnviz.ui.inputs import option_widgets
from cnnviz.ui.pages.architectures import page

t = shell.begin_page("architectures")
st.title(t("title"))
st.markdown(t("lead"))
picker, idea = st.columns([4, 9], vertical_alignment="center")
with picker:
    name = option_widgets.select_architecture()
with idea:
    page.draw_idea(name, t)
notes = st.container()
with st.container(key="first-on-right"):  # on a phone the diagram comes before the options
    picture, options = st.columns([9, 4], gap="medium")

with shell.guarded():
    with options, st.expander(t("knobs"), expanded=True):
        network = page.select_network(name, t)
    trace = network.trace()
    row = page.selected_row(trace)
    caption = page.figure_caption(network, trace)
    with picture:
        with page_object("diagram", t, caption=caption, files=diagram_files(trace, name, caption)):
            picked = diagram(trace, key="diagram", language=t.language, selected=row)
        page.draw_row(network, trace, picked or row, t)
    page.draw_totals(trace, t)

    st.header(t("table.title"))
    st.dataframe(layer_table(trace, t), hide_index=True, column_config=layer_column_formats(t), placeholder="")
    st.download_button(
        t("table.download"),
        layer_csv(trace),
        f"{name}-layers.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )

    page.draw_origin(name, t)

    st.header(t("stages.title"))
    draw_chart(stage_bars(trace, t), key="stages", alt=stage_summary(trace, t), t=t, caption=caption)

    st.header(t("code.title"))
    st.markdown(t("code.lead"))
    code = page.pytorch_source(network)
    st.code(code, language="python", height=480)
    st.download_button(
        t("code.download"), code, f"{name}.py", "text/x-python", icon=":material/download:", on_click="ignore"
    )
with notes:
    shell.draw_link_warnings()
