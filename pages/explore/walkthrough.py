"""One image through one network: at every layer its maps, where each value comes from, what its units see."""

import streamlit as st

from cnnviz.ui.components.canvas import canvas_component
from cnnviz.ui.components.diagram import diagram_component
from cnnviz.ui.components.film_strip.film_strip_view import film_strip_component
from cnnviz.ui.components.microscope import microscope_component
from cnnviz.ui.core import shell
from cnnviz.ui.core.component_files import preload
from cnnviz.ui.pages.walkthrough import page

t = shell.begin_page("walkthrough")
with st.container(gap=None):  # what is fetched ahead takes no room
    preload(canvas_component, film_strip_component, microscope_component, diagram_component)
    given = page.select_input(t)
page.draw_steps(given, t)
