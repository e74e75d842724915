"""The cost of a map before it is made, in multiply-adds and in bytes: too much is refused, much is told."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.attribution import METHODS, score
from cnnviz.errors import UserError
from cnnviz.runs.limits import profile
from cnnviz.text import Text
from cnnviz.text.numbers import short_number
from cnnviz.ui.core.byte_cache import MEGABYTE, memory_left
from cnnviz.ui.pages.saliency.map_request import MapRequest, is_cached
from cnnviz.ui.pages.saliency.subject import SaliencyInput

MOST = 10**12
"""Multiply-adds of one map, or of one test of it, about half a minute of one core."""


def num_passes(case: MapRequest) -> int:
    """Return about how many images a map sends through the network."""
    return METHODS[case.method].cost(dict(case.options), case.subject.spec.input_shape)


def check(subject: SaliencyInput, images: int) -> None:
    """Raise if so many images through the network are too much for a user of a shared server.

    Raises:
        UserError: `attribution_costly`.
    """
    one = subject.spec.trace().macs
    if images * one > MOST and profile() == "hosted":
        raise UserError(
            "attribution_costly", images=f"{images:,}", macs=short_number(images * one), most=short_number(MOST)
        )


def peak_bytes(subject: SaliencyInput, method: str = "") -> int:
    """Return about how many bytes a computation takes at its peak: a map by `method`, or scores alone."""
    activations = sum(layer.activation_bytes for layer in subject.spec.trace().layers)
    return METHODS[method].peak_bytes(activations) if method else score.forward_peak_bytes(activations)


def check_memory(size: int) -> None:
    """Raise if a computation of `size` bytes does not fit the memory left.

    Raises:
        UserError: `attribution_memory`.
    """
    left = memory_left()
    if size > left:
        raise UserError("attribution_memory", needed=f"{size // MEGABYTE:,}", left=f"{left // MEGABYTE:,}")


def draw_notice(cases: Sequence[MapRequest], t: Text) -> None:
    """Draw a sentence before a long wait: for maps that are still to be made."""
    waiting = [case for case in cases if not is_cached(case)]
    images = sum(num_passes(case) for case in waiting)
    macs = sum(num_passes(case) * case.subject.spec.trace().macs for case in waiting)
    if macs > MOST and profile() != "hosted":
        st.caption(t("cost.long", images=f"{images:,}", macs=short_number(macs)))
