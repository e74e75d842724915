"""Summaries of every layer's output for one image, shared by every session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from cnnviz.models import TrainedModel
from cnnviz.text import Text
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.value_ranges import Range, value_ranges
from cnnviz.ui.components.film_strip.thumbnails import Thumbnail, thumbnail
from cnnviz.ui.core.byte_cache import ByteCache
from cnnviz.ui.core.heavy_work import HeavyWork
from cnnviz.ui.core.memory_budget import shared_cache
from cnnviz.ui.inputs.image_choice import ImageChoice

_MOST_MACS = 2_000_000_000
"""Multiply-adds of a network whose ranges are computed unasked: below a second on two cores."""

_THUMBNAIL_BYTES = 3000
"""Of one small picture with its record, at most."""

_ASK = "ranges.ask"
"""The key of the button that asks for the ranges of a large network."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Summaries of every row of a walk; empty for a large network until the user asks for them."""

    ranges: Mapping[str, Range]
    """(smallest, largest) value by row."""
    thumbnails: Mapping[str, Thumbnail]
    """The small picture of its output by row."""


def overview_of(model: TrainedModel, image: ImageChoice, walk: LazyActivations, t: Text) -> Overview:
    """Return the ranges and small pictures of a walk, with progress and a stop where they take long."""
    key, held = (model, image), _overviews()
    size = _THUMBNAIL_BYTES * len(walk.trace.layers)
    if key in held or walk.trace.macs <= _MOST_MACS:
        return held.get(key, size, lambda: _see_all(walk))
    if not st.session_state.get(_ASK):
        return Overview({}, {})
    # whatever the user presses ends this run at the next row, and the next run does not ask again
    peak = 2 * sum(layer.activation_bytes for layer in walk.trace.layers)
    with HeavyWork(key, "ranges", t.language) as work, work.admitted(walk.trace.macs, peak):
        return held.get(key, size, lambda: _see_all(walk, lambda done: work.show(done, t("ranges.progress"))))


def _see_all(walk: LazyActivations, tell: Callable[[float], object] = lambda done: None) -> Overview:
    pictures: dict[str, Thumbnail] = {}
    ranges = value_ranges(walk, tell, lambda name, output: pictures.update({name: thumbnail(output[0])}))
    return Overview(ranges, pictures)


def draw_ranges_button(walk: LazyActivations, ranges: Mapping[str, Range], t: Text) -> None:
    """Draw the button that asks for the ranges of a large network, while they are not known."""
    if not ranges:
        hint = t("ranges.help", cost=f"{walk.trace.macs / 1e9:,.1f}")
        st.button(t("ranges.find"), key=_ASK, icon=":material/palette:", type="tertiary", help=hint)


def _overviews() -> ByteCache[Overview]:
    return shared_cache("thumbnails")
