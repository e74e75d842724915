"""The image and the maps of one layer on one canvas, with the unit under the microscope pinned."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from torch import Tensor

from cnnviz.text import Text
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain.explanation import Index
from cnnviz.trace.record import LayerRecord
from cnnviz.trace.value_ranges import Range, covering_range
from cnnviz.ui.components.canvas import Heat, ImagePanel, MapsPanel, Panel, Unit, canvas
from cnnviz.ui.components.figure import figure_data
from cnnviz.ui.core import present
from cnnviz.ui.pages.walkthrough.pin import CANVAS, give_canvas, panel_name

MOST_VALUES = 1_000_000
"""Values of a layer that travel to the browser at once; a larger layer is shown some channels at a time."""


def draw_maps(
    walk: LazyActivations,
    record: LayerRecord,
    output: Tensor,
    ranges: Mapping[str, Range],
    unit: Index | None,
    heat: Tensor | None,
    classes: list[str],
    caption: str,
    covered: bool,
    t: Text,
) -> None:
    """Draw the canvas of a layer and its `output`; `heat` (H, W) stands beside the image, `classes` name the units.

    `caption` stands in the figure; where `covered`, the read-out does not tell the pinned value. `ranges` by row,
    where they are known, offer one colour scale for the block and for the whole network.
    """
    image = walk.output("input")[0]
    shown = image if image.shape[0] in (1, 3) else image[:1]
    maps, first = _page_of_maps(record, output, unit, t)
    labels = [str(first + channel) for channel in range(len(maps))] if first else classes
    name = panel_name(record, first)
    on_page = unit is not None and first <= unit[0] < first + len(maps)
    pin = Unit(name, unit[0] - first, *unit[1:]) if unit is not None and on_page else None
    warm = None if heat is None else Heat(heat, title=t("heat.title"))
    panels: list[Panel] = [
        ImagePanel("input", shown, title=t("panel.image"), value_range=_image_range(shown), heat=warm),
        MapsPanel(
            name,
            maps,
            title=t("panel.maps", name=record.name),
            field=record.receptive_field,
            labels=labels,
            block_range=covering_range(ranges[row.name] for row in _block(walk, record) if row.name in ranges),
            global_range=covering_range(ranges.values()),
        ),
    ]
    with present.stage("maps", "page"):
        figure = figure_data("maps", t.language, caption)
        canvas(panels, key=CANVAS, t=t, pin=give_canvas(pin), covered=covered, figure=figure)


def _image_range(image: Tensor) -> tuple[float, float] | None:
    """Return the values that are drawn black and white: 0 and 1, or the extremes of standardised pixels."""
    low, high = float(image.min()), float(image.max())
    return None if low >= 0 and high <= 1 else (low, high)


def _block(walk: LazyActivations, record: LayerRecord) -> list[LayerRecord]:
    """Return the rows of the block around a layer; none at the top."""
    return [row for row in walk.trace.layers if record.block and row.block == record.block]


def _page_of_maps(record: LayerRecord, output: Tensor, unit: Index | None, t: Text) -> tuple[Tensor, int]:
    """Return the channels that travel, and the number of the first one: all of them unless the layer is very large."""
    if output.ndim != 3 or output.numel() <= MOST_VALUES:
        return output, 0
    many, channels = max(1, MOST_VALUES // (output.shape[1] * output.shape[2])), output.shape[0]
    firsts = range(0, channels, many)
    key, place = f"{record.name}.channels", (record.name, unit)
    if unit is not None and st.session_state.get("maps.unit") != place:  # the unit moved: turn to its page
        st.session_state[key] = unit[0] // many * many
    st.session_state["maps.unit"] = place
    if st.session_state.get(key) not in firsts:
        st.session_state[key] = 0
    first: int | None = st.segmented_control(
        t("page_of_maps"),
        firsts,
        required=True,
        key=key,
        format_func=lambda first: f"{first}–{min(first + many, channels) - 1}",
    )
    first = first or 0
    return output[first : first + many], first
