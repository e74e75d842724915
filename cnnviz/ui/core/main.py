"""The script that Streamlit runs for every visitor and every click."""

from cnnviz.ui.core import shell

shell.run()
