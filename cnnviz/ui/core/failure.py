"""Error sentences of a page, in the user's language, never a traceback."""

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.text import load
from cnnviz.ui.core import metrics, server_log
from cnnviz.ui.core.language import language
from cnnviz.ui.core.markdown import error_markdown


def draw_failure(error: Exception) -> bool:
    """Draw `error` as a sentence and return True; the log keeps what was no fault of the user."""
    metrics.count_error(error.key if isinstance(error, UserError) else "unexpected")
    if isinstance(error, UserError):
        server_log.log_event("refused", key=error.key)
        st.error(error_markdown(error, language()), icon=":material/error:")
    else:
        server_log.log_failure(error)
        st.error(load("shell", language())("unexpected"), icon=":material/error:")
    return True
