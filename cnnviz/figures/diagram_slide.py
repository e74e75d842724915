"""The diagram of a network as a slide to edit: boxes with texts, and connectors that follow their boxes."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from cnnviz.figures.diagram_layout import HEIGHT, WIDTH, DiagramBox, DiagramLayout, DiagramLine
from cnnviz.figures.palette import FAMILY_COLOURS

CAPTION = 0.6
"""Inches for the words below the drawing."""
_TOP, _LEFT, _RIGHT = 0, 1, 3
"""The places of a rectangle at which connectors are glued."""
_INK = RGBColor(0x44, 0x4A, 0x54)
_TINT = 0.18


def diagram_slide(layout: DiagramLayout, caption: str, link: str) -> bytes:
    """Return a presentation of one slide, as large as the drawing needs, with `caption` and `link` below it."""
    deck = Presentation()
    deck.slide_width = Inches(max(13.333, layout.width))
    deck.slide_height = Inches(max(7.5, layout.height + CAPTION))
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    boxes = {node.name: _draw_box(slide, node) for node in layout.nodes}
    for edge in layout.edges:
        _draw_edge(slide, edge, boxes)
    words = slide.shapes.add_textbox(
        Inches(0.4), Inches(layout.height), deck.slide_width - Inches(0.8), Inches(CAPTION)
    )
    words.name = "caption"
    words.text_frame.word_wrap = True
    words.text_frame.text = f"{caption}\n{link}"
    for paragraph in words.text_frame.paragraphs:
        paragraph.font.size = Pt(11)
    deck.core_properties.title = caption[:250]
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _draw_box(slide: Any, node: DiagramBox) -> Any:
    box = slide.shapes.add_shape(
        MSO_SHAPE.ROUNDED_RECTANGLE, Inches(node.x), Inches(node.y), Inches(WIDTH), Inches(HEIGHT)
    )
    box.name = node.name
    if node.family == "join":
        box.adjustments[0] = 0.5
    colour = FAMILY_COLOURS[node.family]
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    box.fill.solid()
    box.fill.fore_color.rgb = RGBColor(*(round(255 - _TINT * (255 - part)) for part in parts))
    box.line.color.rgb = RGBColor(*parts)
    box.line.width = Pt(1.25)
    box.shadow.inherit = False
    frame = box.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Inches(0.03)
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.word_wrap = True
    frame.text = f"{node.label}\n{'×'.join(map(str, node.shape))}"
    for paragraph, size in zip(frame.paragraphs, (11, 10), strict=True):
        paragraph.alignment = PP_ALIGN.CENTER
        paragraph.font.size = Pt(size)
        paragraph.font.bold = size == 11
        paragraph.font.color.rgb = RGBColor(0x1C, 0x1F, 0x24)
    return box


def _draw_edge(slide: Any, edge: DiagramLine, boxes: dict[str, Any]) -> None:
    """Draw a line as one straight connector a stretch; the first and the last are glued to the boxes."""
    stretches = list(pairwise(edge.points))
    for place, (start, end) in enumerate(stretches):
        line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *map(Inches, (*start, *end)))
        line.name = f"{edge.source} → {edge.target}" + (f" ({place + 1})" if len(stretches) > 1 else "")
        line.line.color.rgb = _INK
        line.line.width = Pt(1.5)
        if edge.skips:
            line.line.dash_style = MSO_LINE.DASH
        if place == 0:
            line.begin_connect(boxes[edge.source], _TOP if edge.skips else _RIGHT)
        if place == len(stretches) - 1:
            line.end_connect(boxes[edge.target], _TOP if edge.skips else _LEFT)
            head = line.line._get_or_add_ln().makeelement(qn("a:tailEnd"), {"type": "triangle"})
            line.line._get_or_add_ln().append(head)
