"""`streamlit run app.py`: the explorer."""

from cnnviz.ui import shell

shell.run()
