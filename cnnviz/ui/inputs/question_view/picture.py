"""The picture of a question: the network's real maps, kernels or diagram, and grids of numbers.

Before a student commits, the picture shows what the layer reads; afterwards the layer itself, with its unit marked.
"""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
import streamlit as st
import torch
from torch import Tensor

from cnnviz.lessons.lesson import Picture
from cnnviz.lessons.paper.drawings import signed_png
from cnnviz.lessons.questions.forms import CellForm, Response
from cnnviz.lessons.questions.record import Question
from cnnviz.text import Text
from cnnviz.trace.record import LayerRecord
from cnnviz.ui.components.canvas import FiltersPanel, ImagePanel, MapsPanel, Panel, Unit, canvas
from cnnviz.ui.components.diagram import diagram
from cnnviz.ui.inputs.question_view.question_subject import QuestionSubject
from cnnviz.ui.inputs.question_view.response_words import draw_grid

_INPUT = "input"
_MOST_VALUES = 200_000
"""Values that travel to the browser for one picture."""
_SIDE_BY_SIDE = (
    "display:grid;gap:0.6rem 1rem;grid-template-rows:repeat(2,auto);grid-auto-flow:column;"
    "grid-auto-columns:minmax(0,13rem);font-size:0.85rem"
)
"""Pairs below each other, one pair a column."""
_LATER_HEIGHT = 160
"""Pixels of the place of a diagram that comes with the solution."""
_CLICKED_WIDTH = 460
"""Pixels that a map takes whose cells are clicked."""


def draw_picture(
    question: Question,
    subject: QuestionSubject,
    picture: Picture,
    t: Text,
    *,
    key: str,
    revealed: bool,
    beside: QuestionSubject | None = None,
) -> Response | None:
    """Draw what a question is about; return the cell that was clicked where it asks for one, before the reveal."""
    form, walk = question.form, subject.network.activations
    response = None
    if isinstance(form, CellForm) and not revealed:
        response = _draw_cells(question, form, subject, t, key)
    elif picture == "diagram" or (walk is None and picture in ("maps", "kernels")):
        if revealed:
            diagram(subject.network.trace, key=f"{key}.flow", language=t.language, selected=_layer(question) or None)
        elif not (question.scene.maps or question.scene.grids or question.scene.curves):
            with st.container(
                border=True, height=_LATER_HEIGHT, horizontal_alignment="center", vertical_alignment="center"
            ):
                st.caption(t("diagram_later"))
    elif picture == "kernels" and _layer(question):
        _draw_kernels(question, subject, t, key)
    elif picture == "maps" and _layer(question):
        _draw_maps(question, subject, t, key, revealed, beside)
    if question.scene.maps:
        _draw_attribution_maps(question, subject, t, key)
    for grid in question.scene.grids:
        draw_grid(grid.title.describe(t.language), grid.values)
    if question.scene.curves:
        _draw_curves(question, t, key)
    return response


def has_picture(question: Question, picture: Picture) -> bool:
    """Return whether `draw_picture` draws anything, before the reveal or after it."""
    scene = question.scene
    maps = picture in ("maps", "kernels") and bool(scene.layer)
    return bool(maps or picture == "diagram" or scene.maps or scene.curves or scene.grids) or isinstance(
        question.form, CellForm
    )


def _layer(question: Question) -> str:
    return question.scene.layer


def _draw_cells(question: Question, form: CellForm, subject: QuestionSubject, t: Text, key: str) -> Response | None:
    """Draw the map whose cells are clicked: real values where there are some, else empty cells."""
    values: Tensor
    walk, grids = subject.network.activations, question.scene.grids
    if not form.on and grids:
        values = torch.tensor([grids[0].values], dtype=torch.float32)
    elif walk is not None and form.on:
        maps = walk.output(form.on)[0]
        values = maps[form.channel or 0][None]
    else:
        values = torch.zeros(1, form.height, form.width)
    with st.container(width=_CLICKED_WIDTH):
        shown = canvas([MapsPanel(form.on or "grid", values, title=form.on or t("grid"))], key=f"{key}.cells", t=t)
    st.caption(t("click"))
    return None if shown.pin is None else (shown.pin.y, shown.pin.x)


def _draw_maps(
    question: Question, subject: QuestionSubject, t: Text, key: str, revealed: bool, beside: QuestionSubject | None
) -> None:
    walk = subject.network.activations
    assert walk is not None  # a picture of maps is drawn where there are some
    record = walk.trace[_layer(question)]
    image = walk.output(_INPUT)[0]
    panels: list[Panel] = [ImagePanel(_INPUT, image if image.shape[0] in (1, 3) else image[:1], title=t("image"))]
    pin = None
    if revealed:
        panels.append(_maps(record.name, walk.output(record.name)[0], record))
        pin = _unit(question, record)
        if beside is not None and beside.network.activations is not None:
            other = beside.network.activations
            title = f"{record.name} · {beside.network.title}"
            panels.append(MapsPanel(title, _some(other.output(record.name)[0]), title=title))
    elif record.inputs and record.inputs[0] != _INPUT:
        panels.append(_maps(record.inputs[0], walk.output(record.inputs[0])[0]))
    canvas(panels, key=f"{key}.{'shown' if revealed else 'read'}", t=t, pin=pin)


def _draw_attribution_maps(question: Question, subject: QuestionSubject, t: Text, key: str) -> None:
    """Draw the image beside the map of a question; several maps side by side, each with colours of its own range."""
    panels: list[Panel] = []
    if subject.network.activations is not None:
        image = subject.network.activations.output(_INPUT)[0]
        panels.append(ImagePanel(_INPUT, image if image.shape[0] in (1, 3) else image[:1], title=t("image")))
    shown = question.scene.maps
    if len(shown) == 1:
        values = torch.tensor(shown[0].values, dtype=torch.float32)[None]
        panels.append(MapsPanel("map", values, title=shown[0].title.describe(t.language), signed=True))
        canvas(panels, key=f"{key}.maps", t=t)
        return
    st.caption(t("scaled"))
    figures = [_figure(signed_png(plane.values), plane.title.describe(t.language)) for plane in shown]
    st.html(f'<div style="{_SIDE_BY_SIDE}">{"".join(figures)}</div>')


def _figure(png: str, title: str) -> str:
    image = f'<img src="{png}" alt="{escape(title)}" style="width:100%;image-rendering:pixelated">'
    return f'<figure style="margin:0">{image}<figcaption>{escape(title)}</figcaption></figure>'


def _maps(name: str, output: Tensor, record: LayerRecord | None = None) -> MapsPanel:
    return MapsPanel(name, _some(output), title=name, field=record.receptive_field if record else None)


def _some(output: Tensor) -> Tensor:
    """Return the channels that travel: all of them unless the layer is very large."""
    if output.ndim != 3 or output.numel() <= _MOST_VALUES:
        return output
    return output[: max(1, _MOST_VALUES // (output.shape[1] * output.shape[2]))]


def _unit(question: Question, record: LayerRecord) -> Unit | None:
    unit = question.scene.unit
    if unit is None or len(unit) != len(record.shape):
        return None
    return Unit(record.name, *unit)


def _draw_kernels(question: Question, subject: QuestionSubject, t: Text, key: str) -> None:
    """Draw the weights of the layer."""
    from cnnviz.ui.inputs.model_cache import cached_network

    name = _layer(question).split("#")[0]
    weights = dict(cached_network(subject.model).named_parameters()).get(f"{name}.weight")
    if weights is None or weights.ndim not in (2, 4):
        return
    canvas([FiltersPanel(name, weights, title=t("kernels", layer=name))], key=f"{key}.kernels", t=t)


def _draw_curves(question: Question, t: Text, key: str) -> None:
    figure = go.Figure()
    for curve, dash in zip(question.scene.curves, ("solid", "dash", "dot", "dashdot") * 3, strict=False):
        figure.add_scatter(x=curve.x, y=curve.y, name=curve.title(t.language), mode="lines", line={"dash": dash})
    x_label, y_label = question.scene.x_label, question.scene.y_label
    figure.update_layout(
        height=300,
        margin={"t": 10, "r": 10, "b": 40, "l": 50},
        xaxis_title=x_label.describe(t.language) if x_label else None,
        yaxis_title=y_label.describe(t.language) if y_label else None,
        showlegend=True,
    )
    st.plotly_chart(figure, key=f"{key}.curves", config={"displayModeBar": False})
