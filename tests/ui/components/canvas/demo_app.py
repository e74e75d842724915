"""`streamlit run` of the demo page, with the files of the components."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[4]))

from cnnviz.ui.core.component_files import routes

app = st.App(Path(__file__).with_name("demo.py"), routes=routes())
