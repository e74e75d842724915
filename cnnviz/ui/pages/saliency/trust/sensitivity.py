"""Sensitivity: how much a map changes under noise that hardly changes the score."""

from __future__ import annotations

from cnnviz.attribution import METHODS
from cnnviz.attribution.trust.sensitivity import SAMPLES, Sensitivity, sensitivity
from cnnviz.text import Text
from cnnviz.ui.pages.saliency import map_cost
from cnnviz.ui.pages.saliency.map_computation import StoppableWork
from cnnviz.ui.pages.saliency.trust.result_cache import TestedMap, TrustQuestion, is_cached
from cnnviz.ui.pages.saliency.trust.result_table import draw_results


def draw(asked: TrustQuestion, t: Text) -> None:
    """Draw the numbers of every map."""
    work = StoppableWork(("sensitivity", tuple(one.case for one in asked.shown)), "sensitivity", t)
    if not all(is_cached(_key(one)) for one in asked.shown) and work.stopped:
        return
    rows = []
    with work:
        for place, one in enumerate(asked.shown):
            found = _result_of(one, place, len(asked.shown), work)
            rows.append(
                {
                    t("table.map"): one.pane.title,
                    t("table.change"): found.mean,
                    t("table.largest"): found.largest,
                    t("table.rank"): found.correlation,
                    t("table.score"): found.score,
                }
            )
    draw_results(rows, t, shares=(t("table.change"), t("table.largest")))


def _result_of(one: TestedMap, place: int, places: int, work: StoppableWork) -> Sensitivity:
    subject = one.case.subject

    def measure() -> Sensitivity:
        return sensitivity(
            METHODS[one.case.method],
            subject.network(),
            subject.input(),
            one.found,
            progress=lambda done, of: work(done, of, place, places),
        )

    passes = SAMPLES * map_cost.num_passes(one.case)
    return work.result(_key(one), 1000, measure, subject, passes, one.case.method)


def _key(one: TestedMap) -> tuple[str, object]:
    return "sensitivity", one.case
