"""The parts of a question on paper: what is drawn with it, room for a response, the right value."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from torch import Tensor

from cnnviz.lessons.lesson import Picture
from cnnviz.lessons.paper.drawings import axes_svg, chart_svg, maps_png, signed_png
from cnnviz.lessons.questions import Question, TracedNetwork
from cnnviz.lessons.questions.forms import CellForm, ChoiceForm, CurveForm, FillForm, OrderForm
from cnnviz.lessons.questions.sentence import number_text
from cnnviz.text import Text, load

_INPUT = "input"
_SMALL, _LARGE = 25, 92
"""Millimetres that an image takes, and that many maps do."""


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """A question, its network, and what its step shows."""

    question: Question
    network: TracedNetwork
    picture: Picture
    text: Text


def draw_scene(paper: PaperQuestion, *, revealed: bool) -> str:
    """Return what is drawn with a question: maps that the layer reads (or gives, once revealed), grids, curves."""
    question, t = paper.question, paper.text
    parts = [_figure(png, title, wide) for png, title, wide in _images(paper, revealed)]
    parts += [table(grid.title.describe(t.language), grid.values) for grid in question.scene.grids]
    if question.scene.curves:
        labels = (question.scene.x_label, question.scene.y_label)
        x, y = (label.describe(t.language) if label else "" for label in labels)
        parts.append(chart_svg(question.scene.curves, x, y, t.language))
    return f"<div>{''.join(parts)}</div>" if parts else ""


def draw_result(paper: PaperQuestion) -> str:
    """Return the maps that the layer of a question gives, as the key shows them."""
    walk, layer = paper.network.activations, paper.question.scene.layer
    if walk is None or not layer or paper.picture in ("none", "diagram"):
        return ""
    output = walk.output(layer)[0]
    if output.ndim != 3 or output.shape[-1] == 1:
        return ""
    return _figure(maps_png(output), layer, len(output) > 1)


def _images(paper: PaperQuestion, revealed: bool) -> list[tuple[str, str, bool]]:
    """Return the PNG, title and whether it is wide, of each image of a question."""
    question, walk, t = paper.question, paper.network.activations, paper.text
    if walk is None or paper.picture in ("none", "diagram"):
        return []
    view = load("question_view", t.language)
    image = walk.output(_INPUT)[0]
    found = [(maps_png(image[:1]), view("image"), False)]
    if question.scene.maps:
        found += [(signed_png(one.values), one.title.describe(t.language), False) for one in question.scene.maps]
        return found
    layer = question.scene.layer
    if not layer:
        return []
    record = walk.trace[layer]
    if paper.picture == "kernels" and paper.network.module is not None:
        weights = dict(paper.network.module.named_parameters()).get(f"{layer.split('#')[0]}.weight")
        if weights is not None and weights.ndim == 4 and weights.shape[-1] > 1:
            return [(maps_png(weights.flatten(0, 1)), view("kernels", layer=layer), True)]
    form = question.form
    if isinstance(form, CellForm) and form.on not in ("", _INPUT):
        shown = walk.output(form.on)[0][form.channel or 0][None]
        return [*found, (maps_png(shown), t("map", layer=form.on, channel=form.channel or 0), False)]
    source = layer if revealed else record.inputs[0] if record.inputs else _INPUT
    output = _INPUT if source == _INPUT else walk.output(source)[0]
    if isinstance(output, Tensor) and output.ndim == 3 and output.shape[-1] > 1:
        found.append((maps_png(output), source, len(output) > 1))
    return found


def _figure(png: str, title: str, wide: bool) -> str:
    width = _LARGE if wide else _SMALL
    return (
        f'<figure><img src="{png}" alt="{escape(title)}" style="width:{width}mm">'
        f"<figcaption>{escape(title)}</figcaption></figure>"
    )


def table(title: str, grid: Sequence[Sequence[float | None]]) -> str:
    """Return a grid of numbers; an empty cell is blank."""
    lines = "".join(f"<tr>{''.join(map(_cell, line))}</tr>" for line in grid)
    return f"<table><caption>{escape(title)}</caption><tbody>{lines}</tbody></table>"


def _cell(value: float | None) -> str:
    return '<td class="blank"></td>' if value is None else f"<td>{number_text(_short(value))}</td>"


def _short(value: float) -> float:
    return value if isinstance(value, int) else round(value, 4)


def draw_room(question: Question, t: Text) -> str:
    """Return room for the response that a question asks for."""
    form = question.form
    view = load("question_view", t.language)
    if isinstance(form, ChoiceForm):
        entries = "".join(f"<li>{escape(entry.describe(t.language))}</li>" for entry in form.entries)
        return f'<ul class="choices">{entries}</ul>'
    if isinstance(form, OrderForm):
        names = t.listed(entry.describe(t.language) for entry in form.entries)
        shown = t("labelled", label=escape(view("order")), value=escape(names))
        return f"<p>{shown}</p><ol class=order>{'<li></li>' * len(form.entries)}</ol>"
    if isinstance(form, FillForm):
        return table(view("fill.label"), form.given)
    if isinstance(form, CurveForm):
        return axes_svg(form, t.language)
    blank = '<span class="line"></span>'
    if isinstance(form, CellForm):
        blank = view("cell", row=blank, column=blank)
    return f"<p>{t('labelled', label=escape(view('number')), value=blank)}</p>"


def draw_right(question: Question, t: Text) -> str:
    """Return the right value."""
    form, right = question.form, question.right
    view = load("question_view", t.language)
    if isinstance(form, FillForm):
        return table(view("true"), right)
    if isinstance(form, CurveForm):
        return axes_svg(form, t.language, right)
    if isinstance(form, CellForm):
        return escape(view("cell", row=right[0], column=right[1]))
    if isinstance(form, ChoiceForm | OrderForm):
        labels = {entry.value: entry.describe(t.language) for entry in form.entries}
        return escape(labels[right] if isinstance(form, ChoiceForm) else " < ".join(labels[one] for one in right))
    return escape(number_text(right))
