"""The image and the maps side by side on one canvas, each with the notes that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import streamlit as st

from cnnviz.attribution import Attribution
from cnnviz.errors import UserError
from cnnviz.text import Text
from cnnviz.ui.components.overlays import Overlay, PixelBox, Stroke, overlays
from cnnviz.ui.core import url, url_state
from cnnviz.ui.core.markdown import error_markdown, escape_markdown
from cnnviz.ui.pages.saliency import layer_picker as layers
from cnnviz.ui.pages.saliency import painting
from cnnviz.ui.pages.saliency.comparison_axis import ComparedMap, MapInputs
from cnnviz.ui.pages.saliency.links import PAINT
from cnnviz.ui.pages.saliency.subject import SaliencyInput, displayable
from cnnviz.ui.pages.saliency.target_picker import colour_ends

KEY = "saliency.maps"
UNLIKE = ("layers", "checkpoints")
"""What panels may differ in so that their numbers have no common measure."""
SMALL = 1e-4
"""A completeness error below which its digits say nothing."""


def seed_painting(input_shape: tuple[int, int, int]) -> str:
    """Return the strokes painted so far, as text, from the link or this session; none that lie off the image."""

    text = url.value(PAINT)
    try:
        inside = all(
            y < input_shape[1] and x < input_shape[2] for stroke in painting.parse_strokes(text) for y, x in stroke.path
        )
    except ValueError:
        inside = False
    if not inside:  # painted on a larger input, or by a link that is none of ours
        if st.query_params.get(PAINT.name) == text:
            url_state.note_wrong(PAINT.name, text)
        text = ""
        url.put(PAINT, text)
    return url.keep(PAINT, text)


def draw_maps(
    panes: Sequence[ComparedMap], found: Sequence[Attribution | UserError | None], given: MapInputs, axis: str, t: Text
) -> None:
    """Draw the canvas; a refused map is a sentence above it."""
    panels = [
        Overlay(
            "image",
            displayable(given.subject.pixels()),
            title=t("panel.image"),
            note=t("cells.pixels", height=given.subject.spec.input_shape[1], width=given.subject.spec.input_shape[2]),
        )
    ]
    kinds, refusals = set(), st.container()
    for place, (pane, result) in enumerate(zip(panes, found, strict=True)):
        if isinstance(result, UserError):
            refusals.warning(
                t("refused", title=escape_markdown(pane.title), reason=error_markdown(result, t.language)),
                icon=":material/block:",
            )
        elif result is not None:
            kinds.add(result.method)
            panels.append(_panel(f"map-{place}", pane, result, t))
    lowest, highest = colour_ends((pane.case.target for pane in panes), given.classes.names, t)
    if any(panel.box is not None for panel in panels):  # of units, that belong to no class
        lowest, highest = t("ends.lowers"), t("ends.raises")
    strokes = painting.parse_strokes(given.subject.strokes)
    plain_image = given.subject.unpainted().pixels()
    overlays(
        panels,
        key=KEY,
        t=t,
        ends=(lowest, highest),
        shares=len(kinds) > 1 or axis in UNLIKE,
        file=f"cnnviz-{axis}",
        brush=painting.brush_colours(plain_image, t),
        strokes=len(strokes),
        on_stroke=_paint,
        link="display",
    )


def _panel(name: str, pane: ComparedMap, result: Attribution, t: Text) -> Overlay:
    subject = pane.case.subject
    values = result.flat()
    field = layers.field_of(subject, result.layer) if result.on_cells else None
    if result.on_cells:
        size = layers.describe_cells(subject, result.layer, t)
    else:
        size = t("cells.pixels", height=values.shape[0], width=values.shape[1])
    remarks = [
        result.describe_computed_by(t.language, why=False),
        *(note.describe(t.language) for note in result.notes),
    ]
    if result.completeness is not None:
        remarks.insert(0, describe_completeness(result, t))
    return Overlay(
        name,
        displayable(subject.pixels()),
        values,
        title=pane.title,
        note=size,
        remark=t.row(remarks),
        signed=result.signed,
        field=field,
        box=_box(subject, result),
    )


def _box(subject: SaliencyInput, result: Attribution) -> PixelBox | None:
    """Return the pixels that the unit sees whose gradient the map is; None for maps of no unit."""
    row, column = result.options.get("row"), result.options.get("column")
    field = layers.field_of(subject, result.layer) if result.layer else None
    if field is None or not isinstance(row, int) or not isinstance(column, int):
        return None
    seen = field.box(row, column)
    return None if seen is None else (seen.top, seen.left, seen.bottom, seen.right)


def describe_completeness(result: Attribution, t: Text) -> str:
    """Return the sentence on how far the values of a map add up."""
    sums = result.completeness
    assert sums is not None
    error = f"< {100 * SMALL:g}" if sums.error < SMALL else f"{100 * sums.error:.2g}" if isfinite(sums.error) else "∞"
    several = result.baseline is not None and result.baseline.dim() == 4
    said = {"total": f"{sums.total:.4g}", "difference": f"{sums.difference:.4g}", "error": error}
    return t("adds_up_several" if several else "adds_up", **said)


def _paint(stroke: Stroke) -> None:
    """Take up a stroke that has just been painted."""
    strokes = painting.parse_strokes(st.session_state.get(PAINT.name, ""))
    if stroke.tool == "clear":
        strokes = []
    elif stroke.tool == "undo":
        strokes = strokes[:-1]
    else:
        strokes = [*strokes, stroke][-painting.MOST_STROKES :]
    url.put(PAINT, painting.format_strokes(strokes))
