"""`streamlit run app.py`: the explorer.

The script that runs for every user is `cnnviz/ui/core/main.py`. It lies beside no folder called `pages`: Streamlit
would take that for its old kind of pages in the first session of a server and answer a deep link with "page not found".
"""

import streamlit as st
from starlette.middleware import Middleware

from cnnviz.ui.core import component_files, metrics, shell
from cnnviz.ui.core.failure import draw_failure
from cnnviz.ui.core.middleware import ClientMessages, Security, UploadLimit
from cnnviz.ui.core.not_found import UnknownPageRedirect

LAYERS = (metrics.ConnectionCount, Security, UnknownPageRedirect, UploadLimit, ClientMessages)

shell.prepare()
app = st.App(
    "cnnviz/ui/core/main.py",
    on_script_error=draw_failure,
    routes=[*component_files.routes(), *metrics.routes()],
    middleware=[Middleware(layer) for layer in LAYERS],
)
