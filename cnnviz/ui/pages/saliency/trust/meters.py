"""Three meters of trust for the large map, of which two are measured when asked."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from cnnviz.attribution import Attribution
from cnnviz.attribution.trust.controls import CONTROLS
from cnnviz.attribution.trust.controls import title as control
from cnnviz.attribution.trust.deletion_insertion import Faithfulness
from cnnviz.attribution.trust.randomisation import SUSPICIOUS_CORRELATION
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.core import shell
from cnnviz.ui.pages.saliency.comparison_axis import ComparedMap, MapInputs
from cnnviz.ui.pages.saliency.forward_time import seconds_per_image
from cnnviz.ui.pages.saliency.map_computation import StoppableWork, compute_maps
from cnnviz.ui.pages.saliency.map_words import describe_completeness
from cnnviz.ui.pages.saliency.trust import deletion_insertion, weight_randomisation
from cnnviz.ui.pages.saliency.trust.result_cache import TestedMap, is_cached

_ASKED = "saliency.meters"
"""The tests that the user asked for, by the keys of their results."""


@shell.fragment()
def draw_meters(pane: ComparedMap, given: MapInputs, t: Text) -> None:
    """Draw the three meters of one map, each with its sentence."""
    (found,) = compute_maps([pane.case], t, "meters")  # held as a rule, unless others have asked for many since
    if not isinstance(found, Attribution):
        return
    one = TestedMap(pane, found)
    with st.container(border=True, key="meters", gap="small"):
        st.markdown(f"**{t('meters.title')}**")
        for draw in (_draw_completeness, _draw_randomisation, _draw_deletion):
            with shell.guarded():
                draw(one, given, t)


def _draw_completeness(one: TestedMap, given: MapInputs, t: Text) -> None:
    sums = one.found.completeness
    if sums is None:
        _draw("completeness", None, t("meters.no_promise"), t)
    else:
        _draw("completeness", 1 - min(1.0, sums.error), describe_completeness(one.found, t), t)


def _draw_randomisation(one: TestedMap, given: MapInputs, t: Text) -> None:
    stages = weight_randomisation.count_stages(one.case.subject)
    seconds = one.found.seconds * (stages + 2 + weight_randomisation.DRAWS)
    result = partial(weight_randomisation.result_of, one, 0, 1)
    curve = _result_of("randomisation", weight_randomisation.key_of(one), result, seconds, t)
    if curve is not None:
        key = "stays" if curve.head > SUSPICIOUS_CORRELATION else "changes"
        value = f"{curve.head:.2f}".replace("-", "\N{MINUS SIGN}")
        _draw("randomisation", 1 - max(0.0, curve.head), t(f"meters.{key}", value=value), t)


def _draw_deletion(one: TestedMap, given: MapInputs, t: Text) -> None:
    seconds = deletion_insertion.PASSES * seconds_per_image(one.case.subject)
    result = partial(deletion_insertion.result_of, one, given.baseline, 0, 1)
    key = deletion_insertion.key_of(one, given.baseline)
    found: Faithfulness | None = _result_of("deletion", key, result, seconds, t)
    if found is None:
        return
    lost = deletion_insertion.winners(found)
    count, won = len(CONTROLS), len(CONTROLS) - len(lost)
    names = t.listed(control(name, t.language) for name in lost)
    sentence = t("meters.loses", won=won, count=count, controls=names) if lost else t("meters.beats", count=count)
    _draw("deletion", won / count, sentence, t)


def _result_of(name: str, key: Hashable, result: Callable[[StoppableWork], Any], seconds: float, t: Text) -> Any:
    """Return the result of a test; None, with a button that asks for it, where nobody did or it was stopped."""
    work = StoppableWork(key, f"meter.{name}", t)
    if not is_cached(key):
        asked: set[Hashable] = st.session_state.get(_ASKED, set())
        if key not in asked:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _draw(name, None, t("meters.asked"), t)
                st.button(
                    t("meters.run", seconds=f"{max(1, round(seconds))}"),
                    key=f"meter.{name}",
                    type="tertiary",
                    icon=":material/play_arrow:",
                    on_click=_ask,
                    args=(key,),
                )
            return None
        if work.stopped:
            return None
    with work:
        return result(work)


def _ask(key: Hashable) -> None:
    st.session_state[_ASKED] = {key}


def _draw(name: str, share: float | None, sentence: str, t: Text) -> None:
    """Draw a meter: its name, a bar that is `share` full (None: not known), and the sentence."""
    title = t(f"meters.{name}")
    if share is None:
        bar = '<span class="bar unknown"></span>'
    else:
        said = escape(t("meters.value", name=title, percent=percent(share)))
        bar = (
            f'<span class="bar" role="meter" aria-valuemin="0" aria-valuemax="1" aria-valuenow="{share:.3f}" '
            f'aria-label="{said}"><i style="width:{100 * share:.1f}%"></i></span>'
        )
    st.html(f'<div class="trust-meter"><strong>{escape(title)}</strong>{bar}<span>{escape(sentence)}</span></div>')
