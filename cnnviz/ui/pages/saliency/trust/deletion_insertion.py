"""Deletion and insertion: the score while pixels are removed, or added, in the order of a map, beside controls."""

from __future__ import annotations

import streamlit as st

from cnnviz.attribution.trust.controls import CONTROLS
from cnnviz.attribution.trust.controls import title as control
from cnnviz.attribution.trust.deletion_insertion import STEPS, Faithfulness, faithfulness
from cnnviz.figures.trust_curves import faithfulness_curves, faithfulness_summary
from cnnviz.text import Text
from cnnviz.ui.components.figure import draw_chart
from cnnviz.ui.pages.saliency.map_computation import StoppableWork
from cnnviz.ui.pages.saliency.map_request import BaselineChoice
from cnnviz.ui.pages.saliency.trust.result_cache import TestedMap, TrustQuestion, is_cached
from cnnviz.ui.pages.saliency.trust.result_table import draw_results

PASSES = 2 * (1 + len(CONTROLS)) * (STEPS + 1)
"""Images that the test of one map sends through the network."""
SIZE = 8000
"""Bytes that the curves of a map hold, about."""


def draw(asked: TrustQuestion, t: Text) -> None:
    """Draw the curves of every map of one question, the controls' in grey, and who loses to whom."""
    baseline, some = asked.given.baseline, _of_one_question(asked, t)
    work = StoppableWork(("deletion", tuple(key_of(one, baseline) for one in some)), "deletion", t)
    if not all(is_cached(key_of(one, baseline)) for one in some) and work.stopped:
        return
    with work:
        results = [
            (
                one.pane.title,
                result_of(one, baseline, place, len(some), work),
            )
            for place, one in enumerate(some)
        ]
    names = {name: control(name, t.language) for name in CONTROLS}
    draw_chart(
        faithfulness_curves(results, names, t),
        key="trust.deletion",
        alt=faithfulness_summary(results, t),
        t=t,
        caption=" · ".join((t("trust.deletion.title"), *asked.given.subject.shown())),
    )
    rows = [
        {
            t("table.map"): title,
            t("table.verdict"): t("verdict.beats")
            if not winners(found)
            else t("verdict.loses", controls=t.listed(names[name] for name in winners(found))),
            t("table.deletion"): found.own.deletion.area,
            t("table.insertion"): found.own.insertion.area,
        }
        for title, found in results
    ]
    first = results[0][1]
    rows += [
        {
            t("table.map"): t("control", name=names[name]),
            t("table.verdict"): "",
            t("table.deletion"): curves.deletion.area,
            t("table.insertion"): curves.insertion.area,
        }
        for name, curves in first.controls.items()
    ]
    draw_results(rows, t)


def _of_one_question(asked: TrustQuestion, t: Text) -> list[TestedMap]:
    """Return the maps that explain one class of one image to one network; the user picks where there are several."""
    groups: dict[object, list[TestedMap]] = {}
    for one in asked.shown:
        groups.setdefault((one.case.subject, one.case.target), []).append(one)
    if len(groups) == 1:
        return list(asked.shown)
    titles = {place: t.listed(one.pane.title for one in group) for place, group in enumerate(groups.values())}
    place = st.selectbox(t("trust.which"), tuple(titles), format_func=titles.__getitem__, key="trust.group")
    return list(groups.values())[place]


def winners(found: Faithfulness) -> list[str]:
    """Return the controls that the map does not beat in one of the two tests."""
    return [name for name in found.controls if name in (*found.loses_deletion_to, *found.loses_insertion_to)]


def result_of(one: TestedMap, baseline: BaselineChoice, place: int, places: int, work: StoppableWork) -> Faithfulness:
    """Return the curves of a map and of the controls, made once, with progress as part `place` of `places`."""
    subject = one.case.subject

    def measure() -> Faithfulness:
        return faithfulness(
            subject.network(),
            subject.input(),
            one.found,
            subject.model.standardise(baseline.image(subject, 0)[None]),
            progress=lambda done, of: work(done, of, place, places),
        )

    return work.result(key_of(one, baseline), SIZE, measure, subject, PASSES)


def key_of(one: TestedMap, baseline: BaselineChoice) -> tuple[object, ...]:
    """Return the key of a map's curves in the cache of results."""
    return "deletion", one.case, baseline
