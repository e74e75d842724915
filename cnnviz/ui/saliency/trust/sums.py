"""Completeness: whether the values of a map add up to what they share out."""

from __future__ import annotations

from math import isfinite

import streamlit as st

from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.saliency.trust.given import Asked


def show(asked: Asked, t: Text) -> None:
    """The sums of every map, those that need not add up included."""
    rows = []
    for one in asked.shown:
        found, sums = one.found, one.found.completeness
        steps = found.options.get("steps")
        rows.append({
            t("table.map"): one.pane.title, t("table.output"): f"{found.output:.5g}",
            t("table.sum"): f"{float(found.flat().double().sum() if sums is None else sums.total):.5g}",
            t("table.difference"): "–" if sums is None else f"{sums.difference:.5g}",
            t("table.error"): t("table.no_promise") if sums is None else
            percent(sums.error) if isfinite(sums.error) else "∞",
            t("table.steps"): "–" if steps is None else str(steps)})
    st.dataframe(rows, hide_index=True)
