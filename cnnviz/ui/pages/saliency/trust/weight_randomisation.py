"""Cascading randomisation: stage after stage of the network forgets what it learned; a map should notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from torch import Tensor

from cnnviz.attribution import METHODS
from cnnviz.attribution.trust.randomisation import (
    SUSPICIOUS_CORRELATION,
    cascading_randomisation,
    head_correlation,
    list_stages,
)
from cnnviz.figures.trust_curves import randomisation_curves, randomisation_summary
from cnnviz.text import Text
from cnnviz.ui.components.figure import draw_chart, page_object
from cnnviz.ui.components.overlays import Overlay, overlays
from cnnviz.ui.core import url
from cnnviz.ui.pages.saliency import map_cost
from cnnviz.ui.pages.saliency.links import STAGE
from cnnviz.ui.pages.saliency.map_computation import StoppableWork
from cnnviz.ui.pages.saliency.subject import SaliencyInput, displayable, forward_value
from cnnviz.ui.pages.saliency.target_picker import colour_ends
from cnnviz.ui.pages.saliency.trust.result_cache import TestedMap, TrustQuestion, is_cached, settings_of
from cnnviz.ui.pages.saliency.trust.result_table import draw_results

DRAWS = 4
"""Random heads that the verdict is the mean of."""


@dataclass(frozen=True)
class RandomisationCurve:
    """One method on ever more random weights."""

    stages: tuple[str, ...]
    """The stage made random last, "" first."""
    maps: tuple[Tensor, ...]
    """(h, w) each."""
    correlations: tuple[float, ...]
    head: float
    """Mean correlation where the last stage alone is random, over `DRAWS` draws."""


def draw(asked: TrustQuestion, t: Text) -> None:
    """Draw the curves, the slider over the stages with the maps there, and the verdict."""
    work = StoppableWork(("randomisation", tuple(one.case for one in asked.shown)), "randomisation", t)
    if not all(is_cached(key_of(one)) for one in asked.shown) and work.stopped:
        return
    with work:
        falls = [result_of(one, place, len(asked.shown), work) for place, one in enumerate(asked.shown)]
    titles = [one.pane.title for one in asked.shown]
    stages = max((fall.stages for fall in falls), key=len)
    url.put(STAGE, min(url.value(STAGE), len(stages) - 1))
    step = url.keep(STAGE, st.slider(t("stage.label"), 0, len(stages) - 1, key=STAGE.name, help=t("stage.help")))
    st.caption(t("stage.at", stages=t.listed(stages[1 : step + 1])) if step else t("stage.none"))
    _maps(asked, falls, step, t)
    curves = [(title, fall.correlations) for title, fall in zip(titles, falls, strict=True)]
    draw_chart(
        randomisation_curves(stages, curves, step, SUSPICIOUS_CORRELATION, t),
        key="trust.randomisation",
        alt=randomisation_summary(stages, curves, t),
        t=t,
        caption=" · ".join((t("trust.randomisation.title"), *asked.given.subject.shown())),
    )
    draw_results(
        [
            {
                t("table.map"): title,
                t("table.verdict"): t("verdict.ignores" if fall.head > SUSPICIOUS_CORRELATION else "verdict.depends"),
                t("table.head"): fall.head,
                t("table.all"): fall.correlations[-1],
            }
            for title, fall in zip(titles, falls, strict=True)
        ],
        t,
    )


def count_stages(subject: SaliencyInput) -> int:
    """Return the number of stages that can be made random."""
    return forward_value(
        subject,
        "trust_tests",
        ("stages", subject.spec),
        100,
        lambda: len(list_stages(subject.network(), subject.input())),
    )


def result_of(one: TestedMap, place: int, places: int, work: StoppableWork) -> RandomisationCurve:
    """Return how a map changes as the network is made random, with progress as part `place` of `places`; made once."""
    case = one.case
    passes = (count_stages(case.subject) + 2 + DRAWS) * map_cost.num_passes(case)
    make = partial(_measure, one, place, places, work)
    return work.result(key_of(one), 64 * one.found.values.numel(), make, case.subject, passes, case.method)


def _measure(one: TestedMap, place: int, places: int, work: StoppableWork) -> RandomisationCurve:
    case, settings = one.case, settings_of(one.case)
    given = METHODS[case.method], case.subject.network(), case.subject.input(), case.target
    steps = list(
        cascading_randomisation(*given, **settings, progress=lambda done, of: work(done, of + DRAWS, place, places))
    )
    head = head_correlation(
        *given,
        **settings,
        draws=DRAWS,
        progress=lambda done, of: work(len(steps) + done, len(steps) + of, place, places),
    )
    return RandomisationCurve(
        tuple(step.stage for step in steps),
        tuple(step.found.flat() for step in steps),
        tuple(step.correlation for step in steps),
        head,
    )


def _maps(asked: TrustQuestion, falls: Sequence[RandomisationCurve], step: int, t: Text) -> None:
    panels = []
    for place, (one, fall) in enumerate(zip(asked.shown, falls, strict=True)):
        at = min(step, len(fall.maps) - 1)
        panels.append(
            Overlay(
                f"random-{place}",
                displayable(one.case.subject.pixels()),
                fall.maps[at],
                title=one.pane.title,
                note=t("stage.correlation", value=f"{fall.correlations[at]:.2f}"),
                signed=one.found.signed,
            )
        )
    if panels:
        caption = " · ".join((t("trust.randomisation.title"), *asked.given.subject.shown()))
        with page_object("randomised", t, caption=caption):
            overlays(
                panels,
                key="saliency.randomised",
                t=t,
                shares=True,
                ends=colour_ends((one.case.target for one in asked.shown), asked.given.classes.names, t),
            )


def key_of(one: TestedMap) -> tuple[str, object]:
    """Return the key of a map's curve in the cache of results."""
    return "randomisation", one.case
