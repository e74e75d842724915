"""One sentence on a map, computed from it: where it supports the score and where it counts against it."""

from __future__ import annotations

from html import escape

import streamlit as st

from cnnviz.attribution import METHODS, Attribution
from cnnviz.attribution.map_places import SignPlaces, find_places
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.pages.saliency.target_picker import describe_target


def draw_sentence(found: Attribution, names: list[str], t: Text) -> None:
    """Draw the sentence, each clause in its colour of the map and with its sign."""
    st.html(f'<p class="map-sentence">{describe_map(found, names, t)}</p>')


def describe_map(found: Attribution, names: list[str], t: Text) -> str:
    """Return the sentence as HTML; `names` are those of the classes."""
    values = found.flat()
    places = find_places(values)
    if places is None:
        height, width = values.shape
        return escape(t("sentence.coarse", height=height, width=width) if values.any() else t("sentence.zero"))
    kind, said = _kind(found), {"name": describe_target(found.target, names, t)}
    if kind == "rather" and found.target.minus is not None:
        said = {"name": names[found.target.index], "other": names[found.target.minus]}
    clauses = {
        sign: f'<span class="map-{sign}">{escape(t(f"{sign}.{kind}", **said, where=_where(one, t)))}</span>'
        for sign, one in (("raises", places.positive), ("lowers", places.negative))
    }
    if places.negative.slight:
        return t("sentence.raises", **clauses)
    return t("sentence.lowers" if places.positive.slight else "sentence.both", **clauses)


def is_of_unit(method: str) -> bool:
    """Return whether the maps of a method explain a unit inside the network, not a class."""
    return any(option.name == "row" for option in METHODS[method].options)


def _kind(found: Attribution) -> str:
    if is_of_unit(found.method):
        return "unit"
    if METHODS[found.method].slopes:
        return "slope"
    return "share" if found.target.minus is None else "rather"


def _where(one: SignPlaces, t: Text) -> str:
    if not one.names:
        return t("where.spread")
    places = t.listed(t(f"place.{name}") for name in one.names)
    return t("where.at", places=places, share=percent(one.share))
