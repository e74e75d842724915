"""The page of help: keys, terms in three languages, what the app is and how to cite it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tomllib import loads

import streamlit as st

from cnnviz.text import LANGUAGES, Text, load
from cnnviz.ui.core import metrics, url
from cnnviz.ui.core.byte_cache import MEGABYTE
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.help.links import FIND

ROOT = Path(__file__).parents[4]
KEYS = ("all", "pad", "maps", "saliency")


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """One term of the app, in every language."""

    names: dict[str, str]
    """By language."""
    means: dict[str, str]

    def matches(self, text: str) -> bool:
        """Return whether a name or an explanation holds `text`, upper or lower case."""
        wanted = text.casefold().strip()
        return any(wanted in said.casefold() for said in (*self.names.values(), *self.means.values()))


def terms() -> tuple[GlossaryTerm, ...]:
    """Return every term in the order of the file."""
    words = {language: load("terms", language) for language in LANGUAGES}
    keys = [key.split(".")[1] for key in words["en"].keys("term.") if key.endswith(".name")]
    return tuple(
        GlossaryTerm(
            {language: t(f"term.{key}.name") for language, t in words.items()},
            {language: t(f"term.{key}.means") for language, t in words.items()},
        )
        for key in keys
    )


def draw_keys(t: Text) -> None:
    """Draw the keyboard shortcuts."""
    st.header(t("keys.title"))
    st.markdown("\n".join(f"- {t(f'keys.{name}')}" for name in KEYS))


def draw_terms(t: Text) -> None:
    """Draw the terms that match what is looked for, each with its names in the other languages."""
    st.header(t("terms.title"))
    text = url.text(FIND, t("terms.find"))
    found = [term for term in terms() if term.matches(text)]
    if not found:
        st.info(t("terms.none"))
    for term in found:
        name, *others = dict.fromkeys((term.names[t.language], *term.names.values()))
        small = f" :small[{escape_markdown(' · '.join(others))}]" if others else ""
        st.markdown(f"**{escape_markdown(name)}**{small}  \n{escape_markdown(term.means[t.language])}")


def draw_about(t: Text) -> None:
    """Draw the book that the app goes with, and the app's citation."""
    st.header(t("about.title"))
    st.markdown(t("about.text"))
    st.markdown(t("about.cite"))
    st.code(citation(t), language="bibtex", wrap_lines=True)


def draw_server(t: Text) -> None:
    """One line about the load of the server, for whoever teaches on it."""
    load = metrics.server_load()
    st.header(t("server.title"))
    parts = [
        t("server.people", count=load.connections),
        t("server.computing", running=load.computing, waiting=load.in_line),
    ]
    if load.runs_training is not None:
        parts.append(t("server.runs", running=load.runs_training, waiting=load.runs_waiting))
    parts.append(t("server.memory", held=f"{load.held / MEGABYTE:,.0f}", most=f"{load.most / MEGABYTE:,.0f}"))
    st.markdown(" · ".join(parts))


def citation(t: Text) -> str:
    """Return a BibTeX entry with this release's version."""
    lines = ("@software{cnnviz,", f"  title   = {{{t('about.name')}}},", f"  version = {{{_version()}}},", "}")
    return "\n".join(lines)


def _version() -> str:
    """Return this release's version; the app is run from its folder, not installed."""
    return loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
