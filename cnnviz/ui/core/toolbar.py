"""The tools at the top of every page: search, share, language."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from cnnviz.options.kinds import Choice, Flag
from cnnviz.text import LANGUAGES, Text, match_language
from cnnviz.ui.core import present, url, url_state
from cnnviz.ui.core.asking import ASK
from cnnviz.ui.core.menu import PAGES
from cnnviz.ui.core.present import PRESENT
from cnnviz.ui.core.qr_code import LONGEST_QR, qr_code
from cnnviz.ui.core.search import search_entries
from cnnviz.ui.core.url import Param

LANGUAGE = Param("lang", Choice(tuple(LANGUAGES)), "en")
PROJECTOR = Param("projector", Flag(), False)
"""What older links say for present mode."""
PARAMS = (LANGUAGE, PRESENT, ASK, PROJECTOR)
"""What every page's links may say."""


def take_settings() -> None:
    """Take language, present mode and covered answers from the URL, or as they were."""
    url.value(LANGUAGE.usual(match_language(st.context.locale)))
    url.value(PRESENT)
    url.value(ASK)
    if url.value(PROJECTOR):
        url_state.hide(PROJECTOR.name)
        url_state.forget(PROJECTOR.name)
        present.start()


def draw_settings(t: Text) -> None:
    """Draw language, present mode and covered answers behind a button of the header; the URL keeps them."""
    with st.popover(LANGUAGES[t.language], type="tertiary", icon=":material/translate:"):
        url.select(LANGUAGE.usual(match_language(st.context.locale)), t("language"), LANGUAGES.__getitem__)
        st.button(
            t("present.start"),
            icon=":material/slideshow:",
            key="present.start",
            on_click=present.start,
            help=t("present.help"),
        )
        url.toggle(ASK, t("ask.label"), help=t("ask.help"))


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


def share_link(*leave_out: str) -> str:
    """Return the address of what is on the screen now, without the parameters `leave_out`."""
    held = {name: text for name, text in st.query_params.to_dict().items() if name not in leave_out}
    query = urlencode(held, safe=",:")
    return f"{st.context.url or ''}{'?' if query else ''}{query}"
