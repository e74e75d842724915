"""The script that Streamlit runs for every user and every click."""

from cnnviz.ui.core import shell

shell.run()
