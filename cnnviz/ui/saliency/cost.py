"""What a map costs before it is made: on a shared server too much is refused, on one's own machine it is told."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.errors import Refusal
from cnnviz.text import Text
from cnnviz.text.numbers import short
from cnnviz.ui.network import cached_trace
from cnnviz.ui.saliency.case import Case, held
from cnnviz.ui.saliency.subject import Subject

MOST = 10**12
"""Multiply-adds of one map, or of one test of it, about half a minute of one core."""


def passes(case: Case) -> int:
    """About how many images a map sends through the network."""
    from cnnviz.attribution import METHODS

    return METHODS[case.method].cost(dict(case.options), case.subject.network.input_shape)


def check(subject: Subject, images: int) -> None:
    """Nothing, unless so many images through the network are too much for a visitor of a shared server.

    Raises:
        Refusal: `attribution_costly`.
    """
    from cnnviz.runs.limits import profile

    one = cached_trace(subject.network).macs
    if images * one > MOST and profile() == "hosted":
        raise Refusal("attribution_costly", images=f"{images:,}", macs=short(images * one), most=short(MOST))


def tell(cases: Sequence[Case], t: Text) -> None:
    """A sentence before a long wait: for maps that are still to be made."""
    from cnnviz.runs.limits import profile

    waiting = [case for case in cases if not held(case)]
    images = sum(passes(case) for case in waiting)
    macs = sum(passes(case) * cached_trace(case.subject.network).macs for case in waiting)
    if macs > MOST and profile() != "hosted":
        st.caption(t("cost.long", images=f"{images:,}", macs=short(macs)))
