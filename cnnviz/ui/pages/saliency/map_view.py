"""The image and the maps side by side on one canvas, each with the notes that it needs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.attribution import Attribution
from cnnviz.attribution.trust.importance import agreement
from cnnviz.errors import UserError
from cnnviz.text import Text
from cnnviz.ui.components.figure import page_object
from cnnviz.ui.components.overlays import Overlay, PixelBox, Stroke, overlays
from cnnviz.ui.core import url, url_state
from cnnviz.ui.core.markdown import error_markdown, escape_markdown
from cnnviz.ui.pages.saliency import layer_picker as layers
from cnnviz.ui.pages.saliency import painting
from cnnviz.ui.pages.saliency.comparison_axis import ComparedMap, MapInputs
from cnnviz.ui.pages.saliency.links import PAINT
from cnnviz.ui.pages.saliency.subject import SaliencyInput, displayable
from cnnviz.ui.pages.saliency.target_picker import colour_ends

MapOrReason = Attribution | UserError | None
"""A map, the reason why there is none, or None where the user stopped the work."""
KEY = "saliency.maps"
ROOM = "saliency.others"
"""The place of the smaller panels."""
ALIKE, HARDLY_ALIKE = 0.7, 0.3
"""Rank correlations from which maps count as much alike, and below which they hardly agree."""
UNLIKE = ("layers", "checkpoints")
"""What panels may differ in so that their numbers have no common measure."""


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
    panes: Sequence[ComparedMap],
    found: Sequence[MapOrReason],
    alike: Sequence[float | None],
    given: MapInputs,
    axis: str,
    t: Text,
) -> None:
    """Draw the first map large and the others, with the image, in the room; a refused map is a sentence above them."""
    panels = [
        Overlay(
            "image",
            displayable(given.subject.pixels()),
            title=t("panel.image"),
            note=t("cells.pixels", height=given.subject.spec.input_shape[1], width=given.subject.spec.input_shape[2]),
        )
    ]
    kinds, refusals = set(), st.container()
    for place, (pane, result, same) in enumerate(zip(panes, found, alike, strict=True)):
        if isinstance(result, UserError):
            refusals.warning(
                t("refused", title=escape_markdown(pane.title), reason=error_markdown(result, t.language)),
                icon=":material/block:",
            )
        elif result is not None:
            kinds.add(result.method)
            panels.append(_panel(f"map-{place}", pane, result, same, t))
    main = panels[1].name if len(panels) > 1 else panels[0].name
    lowest, highest = colour_ends((pane.case.target for pane in panes), given.classes.names, t)
    if any(panel.box is not None for panel in panels):  # of units, that belong to no class
        lowest, highest = t("ends.lowers"), t("ends.raises")
    strokes = painting.parse_strokes(given.subject.strokes)
    plain_image = given.subject.unpainted().pixels()
    network, image = given.subject.shown()
    caption = " · ".join((network, *(pane.title for pane in panes), image))
    with page_object("maps", t, caption=caption):
        overlays(
            panels,
            key=KEY,
            t=t,
            ends=(lowest, highest),
            shares=len(kinds) > 1 or axis in UNLIKE,
            brush=painting.brush_colours(plain_image, t),
            strokes=len(strokes),
            on_stroke=_paint,
            link="display",
            main=main,
            room=ROOM,
        )


def agreements(found: Sequence[MapOrReason], given: MapInputs) -> list[float | None]:
    """Return the rank correlation of each map with the first one; None for that one, and where there is no map."""
    maps = [one for one in found if isinstance(one, Attribution)]
    _, height, width = given.subject.spec.input_shape
    return [
        agreement(maps[0], one, (height, width)) if isinstance(one, Attribution) and one is not maps[0] else None
        for one in found
    ]


def draw_agreement(axis: str, alike: Sequence[float | None], t: Text) -> None:
    """Draw in words how far the other maps agree with the large one."""
    values = [value for value in alike if value is not None]
    if values:
        low, high = _signed(min(values)), _signed(max(values))
        key = "much" if min(values) >= ALIKE else "hardly" if max(values) < HARDLY_ALIKE else "partly"
        st.markdown(t(f"alike.{key}", range=low if low == high else t("alike.range", low=low, high=high)))
    elif axis != "epochs":
        st.markdown(t("alike.none"))


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _panel(name: str, pane: ComparedMap, result: Attribution, alike: float | None, t: Text) -> Overlay:
    subject = pane.case.subject
    values = result.flat()
    field = layers.field_of(subject, result.layer) if result.on_cells else None
    cells = layers.describe_cells(subject, result.layer, t) if result.on_cells else ""
    size = cells or t("cells.pixels", height=values.shape[0], width=values.shape[1])
    remarks = [note.describe(t.language) for note in result.notes]
    if cells and alike is not None:
        remarks.insert(0, t("layer.facts", name=result.layer, seen=cells))
    return Overlay(
        name,
        displayable(subject.pixels()),
        values,
        title=pane.title,
        note=size if alike is None else t("stage.correlation", value=_signed(alike)),
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
