"""The heavy imports, done behind the first page while the reader reads it."""

import atexit
import gc
import importlib
import threading

import streamlit as st

_HEAVY = ("torch", "torchvision", "plotly.graph_objects", "cnnviz.zoo.table", "cnnviz.trace.tracer")


@st.cache_resource(show_spinner=False)
def begin() -> threading.Thread:
    """Start the imports once per server; later calls find them under way."""
    thread = threading.Thread(target=_import, name="warm-up", daemon=True)
    thread.start()
    return thread


def _import() -> None:
    for name in _HEAVY:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is imported stays, so that no later collection walks it again
    atexit.register(gc.unfreeze)
