"""Completeness: how far the values of a map add up to what they share out."""

from __future__ import annotations

from math import isfinite

from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.pages.saliency.trust.result_cache import TrustQuestion
from cnnviz.ui.pages.saliency.trust.result_table import draw_results


def draw(asked: TrustQuestion, t: Text) -> None:
    """Draw the sums of every map, those that need not add up included."""
    rows = []
    for one in asked.shown:
        found, sums = one.found, one.found.completeness
        steps = found.options.get("steps")
        rows.append(
            {
                t("table.map"): one.pane.title,
                t("table.output"): found.output,
                t("table.sum"): float(found.flat().double().sum() if sums is None else sums.total),
                t("table.difference"): None if sums is None else sums.difference,
                t("table.error"): t("table.no_promise")
                if sums is None
                else percent(sums.error)
                if isfinite(sums.error)
                else "∞",
                t("table.steps"): None if steps is None else steps,
            }
        )
    draw_results(rows, t, "%.5g")
