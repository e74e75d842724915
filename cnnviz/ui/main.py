"""The script that Streamlit runs for every visitor and every click."""

from cnnviz.ui import shell

shell.run()
