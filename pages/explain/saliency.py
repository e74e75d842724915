"""Which pixels mattered, by several methods side by side, and how far each can be trusted."""

import streamlit as st

from cnnviz.ui.components.overlays import overlays_component
from cnnviz.ui.core import shell
from cnnviz.ui.core.component_files import preload
from cnnviz.ui.pages.saliency import page

t = shell.begin_page("saliency")
with st.container(gap=None):  # what is fetched ahead takes no room
    preload(overlays_component)
with shell.guarded():
    page.draw(t)
shell.draw_link_warnings()
