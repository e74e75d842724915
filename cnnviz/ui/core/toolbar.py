"""The tools at the top of every page: search, share, language."""

from __future__ import annotations

from urllib.parse import urlencode

import segno
import streamlit as st

from cnnviz.text import LANGUAGES, Text, match_language
from cnnviz.ui.core import url_state
from cnnviz.ui.core.menu import PAGES
from cnnviz.ui.core.search import search_entries

LONGEST_QR = 600
"""Characters of a link: the squares of a code for more are too small for a phone at the back of a room."""


def take_settings() -> None:
    """Take language and projector mode from the URL, or as they were."""
    url_state.seed("lang", match_language(st.context.locale), url_state.one_of(tuple(LANGUAGES)))
    url_state.seed("projector", False, url_state.one_of((True, False), _flag))


def draw_settings(t: Text) -> None:
    """Draw language and projector mode behind a button of the header; both are kept across pages and in the URL."""
    with st.popover(LANGUAGES[t.language], type="tertiary", icon=":material/translate:"):
        chosen = st.selectbox(t("language"), tuple(LANGUAGES), format_func=LANGUAGES.__getitem__, key="lang")
        url_state.keep("lang", chosen, match_language(st.context.locale))
        large = st.toggle(t("projector.label"), key="projector", help=t("projector.help"))
        url_state.keep("projector", large, False, _flag)


def draw_search(t: Text) -> None:
    """Draw the search; its entries travel only once it is opened."""
    found = st.popover(t("search.label"), type="tertiary", icon=":material/search:", key="search", on_change="rerun")
    if not found.open:
        return
    entries = {entry.title: entry for entry in search_entries(t.language)}
    chosen = found.selectbox(
        t("search.prompt"),
        tuple(entries),
        None,
        key="search.choice",
        placeholder=t("search.placeholder"),
        filter_mode="fuzzy",
    )
    if chosen is not None:
        entry = entries[chosen]
        shared = {name: st.query_params[name] for name in url_state.OF_APP if name in st.query_params}
        st.switch_page(PAGES[entry.page].path, query_params={**entry.query, **shared})


def draw_share(t: Text) -> None:
    """Draw the link of what is on the screen and its QR code; both are made once the part is opened."""
    shared = st.popover(t("share.label"), type="tertiary", icon=":material/share:", key="share", on_change="rerun")
    if not shared.open:
        return
    link = share_link()
    with shared:
        st.markdown(t("share.lead"))
        st.code(link, language=None, wrap_lines=True)
        if len(link) <= LONGEST_QR:
            st.image(qr_code(link), width=280, alt=t("share.qr"))
        else:
            st.caption(t("share.long"))


def share_link() -> str:
    """Return the address of what is on the screen now."""
    query = urlencode(st.query_params.to_dict(), safe=",:")
    return f"{st.context.url or ''}{'?' if query else ''}{query}"


def qr_code(link: str) -> str:
    """Return a QR code of `link` as an SVG image in a `data:` address."""
    return segno.make_qr(link, error="l").svg_data_uri(scale=6, border=2, light="#fff", dark="#000")


def _flag(value: bool) -> str:
    return "1" if value else "0"
