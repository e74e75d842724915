"""What every page stands in: language, menu, projector mode, and the sentence in place of a traceback."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from time import sleep
from typing import Any

import streamlit as st

from cnnviz.text import LANGUAGES, Text, load, match_language
from cnnviz.ui.core import browser_history, browser_key, url_state, warm_up, widget_guard
from cnnviz.ui.core.failure import draw_failure
from cnnviz.ui.core.language import language as language
from cnnviz.ui.core.markdown import plain as plain
from cnnviz.ui.core.menu import HOME, PAGES, PageEntry

ROOT = Path(__file__).parents[3]
ICON = Path(__file__).parent / "icon.svg"
"""A file of our own: Streamlit asks a server of fonts for the icons that it names."""
_FIRST_PAINT_SECONDS = 0.25
"""Seconds that a browser gets for the top of a reader's first page: with the rest at once, both come late."""
_FLUSH_SECONDS = 0.03
"""Seconds in which Streamlit's loop, which wakes every 10 ms, sends what waits, and a browser draws it."""
_PAINTED = "shell.painted"

# Streamlit says an upload's limit in English alone, and the server's, not ours: the labels say it.
# Parts that fade while they wait are painted apart from the page, each by itself; a step of the walk is over before.
_CSS = """<style>
[data-testid="stMainBlockContainer"] { padding: 3.5rem clamp(1rem, 3vw, 3.5rem) 4rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: 2.1rem; padding-top: 0; }
[data-testid="stMainBlockContainer"] h2 { font-size: 1.45rem; }
[data-testid="stMainBlockContainer"] h3 { font-size: 1.15rem; }
[data-testid="stMainBlockContainer"] h4 { font-size: 1.05rem; padding-block: 0 0.3rem; }
[data-testid="stPageLink-NavLink"] :is(span, p) { white-space: normal; overflow: visible; }
[data-testid="stBaseButton-tertiary"] p { text-align: start; }
[data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
@media (min-width: 641px) { [data-testid="stExpander"] [data-testid="stColumn"] { min-width: min(100%, 9rem); }
  .st-key-menus [data-testid="stColumn"] { min-width: min(100%, 11rem); } }
.st-key-delete button, .st-key-delete button * { background: #b3261e; border-color: #b3261e; color: #fff; }
.st-key-delete button:hover, .st-key-delete button:hover * { background: #8c1d18; }
.st-key-steps [data-stale=true], .st-key-reading [data-stale=true] { opacity: 1; transition: none; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: inherit; opacity: 0.92; }
[data-testid="stBaseButton-primary"]:enabled, [data-testid="stBaseButton-primary"]:enabled *,
[data-testid="stMultiSelect"] span[title] { color: light-dark(#fff, #06121f); }
[data-testid="stBaseButton-primary"]:disabled { background: light-dark(#e4e7ec, #2b3038); border-color: transparent; }
[data-testid="stBaseButton-primary"]:disabled, [data-testid="stBaseButton-primary"]:disabled * {
  color: light-dark(#59616d, #a6aebb); }
</style>"""
_PROJECTOR_CSS = "<style>html { font-size: 22px; }</style>"


def prepare() -> None:
    """What the server does once, before it answers its first reader."""
    widget_guard.install()
    warm_up.prepare()


def run() -> None:
    """The whole app: the menu in the reader's language, the page that was asked for, and the settings."""
    url_state.arrive("app", "app")
    url_state.seed("lang", match_language(st.context.locale), url_state.one_of(tuple(LANGUAGES)))
    url_state.seed("projector", False, url_state.one_of((True, False), _flag))
    t = load("shell", language())
    st.set_page_config(layout="wide", page_title=t("title"), page_icon=ICON)
    st.html(_CSS + (_PROJECTOR_CSS if st.session_state["projector"] else ""))
    chosen = st.navigation([_menu_page(entry, t) for entry in PAGES.values()])
    with guarded():
        if PAGES[chosen.url_path or HOME.name].needs_torch:
            _prepare_page(chosen.url_path, t)
        chosen.run()
    _settings(t)  # after the page, whose picture comes first
    browser_history.install()
    with guarded():
        browser_key.request()


def _menu_page(entry: PageEntry, t: Text) -> Any:
    title = t(f"page.{entry.name}")
    return st.Page(ROOT / entry.script, title=title, icon=entry.icon, url_path=entry.name, default=entry is HOME)


def _prepare_page(name: str, t: Text) -> None:
    """What page `name` needs before it runs; until PyTorch is there, a server's first reader has its first words."""
    place = st.empty()  # in every run: without it the whole page would move up one place, and be drawn anew
    waits = not warm_up.is_done()
    if waits:
        with place.container():
            words = load(f"pages/{name}", language())
            st.title(words("title"))
            if "lead" in words:
                st.markdown(words("lead"))
            waiting = st.container()
        flush()
    if PAGES[name].prepare:
        import_module(PAGES[name].prepare).prepare()
    if waits:
        with waiting:
            warm_up.wait(t("loading"))
        place.empty()


def begin_page(name: str) -> Text:
    """The words of page `name` in the reader's language; every page calls this first."""
    url_state.arrive("page", name)
    t = load("shell", language())
    st.set_page_config(page_title=f"{t(f'page.{name}')} · {t('title')}")
    return load(f"pages/{name}", language())


def wait_for_first_paint() -> None:
    """Let the browser of a reader who has just arrived draw what it has, before the rest of the page comes."""
    if not st.session_state.get(_PAINTED):
        st.session_state[_PAINTED] = True
        sleep(_FIRST_PAINT_SECONDS)


def flush() -> None:
    """Let the browser draw what this run has drawn so far, before the rest keeps it busy."""
    sleep(_FLUSH_SECONDS)


def page_link(name: str, label: str, **query: str) -> None:
    """A link to page `name` of this app with the state that `query` describes."""
    st.page_link(ROOT / PAGES[name].script, label=label, icon=PAGES[name].icon, query_params=query or None)


def page_button(name: str, label: str, **query: str) -> None:
    """The page's one obvious way on: a large button to page `name` with the state that `query` describes."""
    if st.button(label, type="primary", icon=PAGES[name].icon):
        go_to(name, **query)


def go_to(name: str, **query: str) -> None:
    """Leave for page `name` of this app with the state that `query` describes."""
    st.switch_page(ROOT / PAGES[name].script, query_params=query or None)


@contextmanager
def guarded() -> Iterator[None]:
    """Says what goes wrong inside in one sentence of the reader's language; the rest of the page goes on."""
    try:
        yield
    except Exception as error:
        draw_failure(error)


def fragment(**settings: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`st.fragment` whose runs are guarded like the page's."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def run_guarded(*args: Any, **kwargs: Any) -> None:
            with guarded():
                function(*args, **kwargs)

        return st.fragment(**settings)(run_guarded)

    return decorate


def draw_link_warnings() -> None:
    """A visible note where the link asked for something that cannot be had."""
    for name, text in url_state.wrong():
        sentence = load("shell", language())("wrong_link", name=plain(name), text=plain(text))
        st.warning(sentence, icon=":material/link_off:")


def _settings(t: Text) -> None:
    """Language and projector mode, at the foot of the menu; kept across pages and in the URL."""
    with st.sidebar:
        chosen = st.selectbox(t("language"), tuple(LANGUAGES), format_func=LANGUAGES.__getitem__, key="lang")
        url_state.keep("lang", chosen, match_language(st.context.locale))
        large = st.toggle(t("projector.label"), key="projector", help=t("projector.help"))
        url_state.keep("projector", large, False, _flag)


def _flag(value: bool) -> str:
    return "1" if value else "0"
