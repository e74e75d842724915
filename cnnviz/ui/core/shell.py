"""The frame of every page: language, menu, present mode, and the sentence in place of a traceback."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from time import sleep
from typing import Any

import streamlit as st

from cnnviz.accelerate.malloc import limit_arenas
from cnnviz.text import Text, load
from cnnviz.ui.core import (
    browser_history,
    browser_key,
    fragment_guard,
    metrics,
    present,
    server_log,
    toolbar,
    url,
    url_state,
    warm_up,
    widget_guard,
)
from cnnviz.ui.core.failure import draw_failure
from cnnviz.ui.core.language import language as language
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.core.menu import GROUPS, HOME, PAGES, PageEntry
from cnnviz.ui.core.script_turns import script_turns

LOGO = Path(__file__).parent / "logo.svg"
ICON = Path(__file__).parent / "icon.svg"
"""A file of our own: Streamlit asks a server of fonts for the icons that it names."""
_FIRST_PAINT_SECONDS = 0.6
"""Seconds that a browser gets for the top of a reader's first page: with the rest at once, both come late.

After 0.25 the first drawing stood at 2.5 s on two slow cores, after 0.6 at 2.0 s: the rest caught the browser before it
had the drawing up.
"""
_FLUSH_SECONDS = 0.03
"""Seconds in which Streamlit's loop, which wakes every 10 ms, sends what waits, and a browser draws it."""
_PAINTED = "shell.painted"

_SHEETS = ("shell", "present", "print")
_CSS = (
    f"<style>{''.join(Path(__file__).with_name(f'{name}.css').read_text(encoding='utf-8') for name in _SHEETS)}</style>"
)
_PRESENT_CSS = "<style>[data-testid=stHeader], .st-key-tools { visibility: hidden; }</style>"
"""Hides the menu of a link to present mode until the browser has its script."""


def prepare() -> None:
    """Prepare the server once, before it answers its first user."""
    limit_arenas()
    widget_guard.install()
    fragment_guard.install()
    warm_up.prepare()
    server_log.log_start()


def run() -> None:
    """Draw the whole app in its turn: the menu in the user's language, the page asked for, and the settings."""
    with script_turns().turn():
        _draw_app()


def _draw_app() -> None:
    url_state.arrive("app", "app")
    toolbar.take_settings()
    t = load("shell", language())
    st.set_page_config(layout="wide", page_title=t("title"), page_icon=ICON)
    st.html(_CSS + (_PRESENT_CSS if url.value(present.PRESENT) else ""))
    st.logo(LOGO, size="large")
    chosen = st.navigation(_menu(t), position="top")
    with guarded(), metrics.timed_run(chosen.url_path or HOME.name):
        if PAGES[chosen.url_path or HOME.name].needs_torch:
            _prepare_page(chosen.url_path, t)
        chosen.run()
    with st.container(key="tools", horizontal=True, gap="small"):  # after the page, whose picture comes first
        fragment()(_ask_and_share)(t)
        toolbar.draw_settings(t)
        page_link("help", t("page.help"))
    browser_history.install()
    fragment()(present.draw)(t(f"page.{chosen.url_path or HOME.name}"), t)
    with guarded():
        browser_key.request()


def _menu(t: Text) -> dict[str, list[Any]]:
    """Return the pages below the names of their groups."""
    return {
        t(f"group.{group}") if group else "": [_menu_page(entry, t) for entry in PAGES.values() if entry.group == group]
        for group in GROUPS
    }


def _ask_and_share(t: Text) -> None:
    with st.container(horizontal=True, gap="small"):
        toolbar.draw_search(t)
        toolbar.draw_share(t)


def _menu_page(entry: PageEntry, t: Text) -> Any:
    title = t(f"page.{entry.name}")
    return st.Page(
        entry.path,
        title=title,
        icon=entry.icon,
        url_path=entry.name,
        default=entry is HOME,
        visibility="visible" if entry.listed else "hidden",
    )


def _prepare_page(name: str, t: Text) -> None:
    """Prepare page `name` before it runs; until its libraries are there, a server's first user sees the first words."""
    place = st.empty()  # in every run: without it the whole page would move up one place, and be drawn anew
    if _lacks_libraries(name):
        with place.container():
            words = load(f"pages/{name}", language())
            st.title(words("title"))
            if "lead" in words:
                st.markdown(words("lead"))
            waiting = st.container()
        flush()
        with waiting:
            warm_up.wait(t("loading"), _module(name))
        place.empty()


def wait_for_libraries(name: str) -> None:
    """Let the libraries of page `name` be loaded, while the user looks at what it has drawn so far."""
    place = st.empty()
    if _lacks_libraries(name):
        flush()
        with place.container():
            warm_up.wait(load("shell", language())("loading"), _module(name))
        place.empty()


def _module(name: str) -> str:
    return f"cnnviz.ui.pages.{name}.page"


def _lacks_libraries(name: str) -> bool:
    return not warm_up.is_done() or _module(name) not in sys.modules


def begin_page(name: str) -> Text:
    """Begin a page's run, and return the words of page `name` in the user's language; every page calls this first."""
    url_state.arrive("page", name)
    t = load("shell", language())
    st.set_page_config(page_title=f"{t(f'page.{name}')} · {t('title')}")
    return load(f"pages/{name}", language())


def wait_for_first_paint() -> None:
    """Let the browser of a user who has just arrived draw what it has, before the rest of the page comes."""
    if not st.session_state.get(_PAINTED):
        st.session_state[_PAINTED] = True
        with script_turns().released():
            sleep(_FIRST_PAINT_SECONDS)


def flush() -> None:
    """Let the browser draw what this run has drawn so far, before the rest keeps it busy."""
    with script_turns().released():
        sleep(_FLUSH_SECONDS)


def page_link(name: str, label: str, **query: str) -> None:
    """Draw a link to page `name` of this app with the state that `query` describes."""
    st.page_link(PAGES[name].path, label=label, icon=PAGES[name].icon, query_params=query or None)


def page_button(name: str, label: str, **query: str) -> None:
    """Draw the page's one obvious way on: a large button to page `name` with the state that `query` describes."""
    if st.button(label, type="primary", icon=PAGES[name].icon):
        go_to(name, **query)


def go_to(name: str, **query: str) -> None:
    """Leave for page `name` of this app with the state that `query` describes."""
    st.switch_page(PAGES[name].path, query_params=query or None)


@contextmanager
def guarded() -> Iterator[None]:
    """Draw errors inside the block as one sentence in the user's language; the rest of the page goes on."""
    try:
        yield
    except Exception as error:
        draw_failure(error)


def fragment(**settings: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the decorator `st.fragment` whose runs are guarded like the page's."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def run_guarded(*args: Any, **kwargs: Any) -> None:
            with guarded(), metrics.timed_run(function.__name__), script_turns().turn(brief=True):
                function(*args, **kwargs)

        return st.fragment(**settings)(run_guarded)

    return decorate


def draw_link_warnings() -> None:
    """Draw a note for each value of the link that cannot be used."""
    for name, text in url_state.wrong():
        sentence = load("shell", language())("wrong_link", name=escape_markdown(name), text=escape_markdown(text))
        st.warning(sentence, icon=":material/link_off:")
