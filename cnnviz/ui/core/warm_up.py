"""The heavy imports, done behind the first page while the user reads it."""

import atexit
import gc
import importlib
import inspect
import threading
from functools import cache

import streamlit as st

from cnnviz.facts import load_facts
from cnnviz.text import load
from cnnviz.ui.core.script_turns import script_turns

_FIRST_WORDS = ("shell", "pages/home")
_HEAVY = (
    "torch",
    "pandas",
    "plotly.graph_objects",
    "cnnviz.zoo.table",
    "cnnviz.trace.api",
    "cnnviz.models",
    "cnnviz.facts.drawing",
)
_AFTER_PAINT = 1.0
"""Seconds that the first page gets to reach the browser: an import holds the interpreter while it loads a library."""

_skip_first_words = threading.Event()
_importing = threading.Lock()
"""Pages are imported one after the other: two threads that meet in a circle of packages see one of them half made."""


def prepare() -> None:
    """Load, at the server's start, the light part of what its first user would wait for."""
    load_facts()
    for topic in _FIRST_WORDS:
        load(topic).keys()
    inspect.stack()  # Streamlit's first element does so too, and the first time resolves the path of every module


@cache
def begin() -> threading.Thread:
    """Start the imports once per server, behind the page that is being painted; later calls find them under way."""
    thread = threading.Thread(target=_import, name="warm-up", daemon=True)
    thread.start()
    return thread


def is_done() -> bool:
    """Return whether the imports have ended; they are under way from the first call on."""
    return not begin().is_alive()


def wait(sentence: str, module: str) -> None:
    """Wait for the imports and for those of a page's `module`, with a spinner that says `sentence`."""
    _skip_first_words.set()
    with st.spinner(sentence, show_time=True), script_turns().released():
        begin().join()
        with _importing:
            importlib.import_module(module)


def _import() -> None:
    _skip_first_words.wait(_AFTER_PAINT)
    for name in _HEAVY:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is imported stays, so that no later collection walks it again
    atexit.register(gc.unfreeze)
