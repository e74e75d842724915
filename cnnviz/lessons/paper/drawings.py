"""Drawings for paper, as text in an HTML file: PNG images of maps, SVG charts of curves, axes to sketch on."""

import base64
from collections.abc import Sequence
from html import escape
from io import BytesIO
from itertools import pairwise
from math import ceil

import numpy as np
from PIL import Image
from torch import Tensor

from cnnviz.lessons.questions.forms import CurveForm
from cnnviz.lessons.questions.record import ShownCurve
from cnnviz.lessons.questions.sentence import number_text

MOST_MAPS = 16
COLUMNS = 8
"""Maps in one row."""
_DASHES = ("", "7 4", "2 3", "9 3 2 3")
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 420, 230, 52, 78, 10, 40
_LIGHT = 255
_COLD, _WARM = np.array((33.0, 102.0, 172.0)), np.array((178.0, 24.0, 43.0))


def maps_png(maps: Tensor) -> str:
    """Return maps (C, H, W) side by side as the address of a PNG: the largest value of all is black, for paper."""
    planes = maps[:MOST_MAPS].detach().double().numpy()
    low, high = float(planes.min()), float(planes.max())
    grey = _LIGHT * (1 - (planes - low) / ((high - low) or 1.0))
    _, height, width = grey.shape
    columns = min(COLUMNS, len(grey))
    gap = max(1, width // 14)
    sheet = np.full((ceil(len(grey) / columns) * (height + gap) - gap, columns * (width + gap) - gap), 222.0)
    for place, plane in enumerate(grey):
        top, left = (place // columns) * (height + gap), (place % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = plane
    return _address(Image.fromarray(sheet.round().astype(np.uint8)))


def signed_png(values: Sequence[Sequence[float | None]]) -> str:
    """Return a plane as the address of a PNG: white at 0, red above, blue below, each up to the largest magnitude."""
    plane = np.array(values, dtype=float)
    share = (plane / (np.abs(plane).max() or 1.0))[..., None]
    colours = _LIGHT + np.abs(share) * (np.where(share > 0, _WARM, _COLD) - _LIGHT)
    return _address(Image.fromarray(colours.round().astype(np.uint8)))


def _address(image: Image.Image) -> str:
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def chart_svg(curves: Sequence[ShownCurve], x_label: str, y_label: str, language: str) -> str:
    """Return curves with their labels at their ends, each with dashes of its own."""
    xs, ys = [x for curve in curves for x in curve.x], [y for curve in curves for y in curve.y]
    frame = _Frame(min(xs), max(xs), min(0.0, *ys), max(ys))
    ends = _spread([frame.down(curve.y[-1]) for curve in curves])
    drawn = [
        f'<polyline fill="none" stroke="#000" stroke-width="1.4" stroke-dasharray="{dash}" '
        f'points="{frame.points(curve.x, curve.y)}"/>'
        f'<text x="{_WIDTH - _RIGHT + 5}" y="{end + 4:.1f}">{escape(curve.title(language))}</text>'
        for curve, dash, end in zip(curves, _DASHES * 3, ends, strict=False)
    ]
    return frame.svg(drawn, x_label, y_label)


def axes_svg(form: CurveForm, language: str, heights: Sequence[float] | None = None) -> str:
    """Return axes with a grid to sketch a curve on; with `heights`, the curve itself."""
    frame = _Frame(form.x[0], form.x[-1], form.low, form.high)
    grid = [
        f'<path stroke="#bbb" fill="none" d="M{frame.across(x):.1f},{_TOP}V{_HEIGHT - _BOTTOM}"/>' for x in form.x
    ] + [
        f'<path stroke="#bbb" fill="none" d="M{_LEFT},{frame.down(y):.1f}H{_WIDTH - _RIGHT}"/>'
        for y in (form.low + (form.high - form.low) * part / 4 for part in range(5))
    ]
    known = {form.x[at]: height for at, height in form.fixed}
    grid += [f'<circle cx="{frame.across(x):.1f}" cy="{frame.down(y):.1f}" r="3.5"/>' for x, y in known.items()]
    if heights is not None:
        grid.append(f'<polyline fill="none" stroke="#000" stroke-width="2" points="{frame.points(form.x, heights)}"/>')
    return frame.svg(grid, form.x_label.describe(language), form.y_label.describe(language))


class _Frame:
    """The axes of a chart."""

    def __init__(self, left: float, right: float, low: float, high: float) -> None:
        self.left, self.right, self.low, self.high = left, right, low, high

    def across(self, x: float) -> float:
        return _LEFT + (x - self.left) / ((self.right - self.left) or 1.0) * (_WIDTH - _LEFT - _RIGHT)

    def down(self, y: float) -> float:
        return _TOP + (1 - (y - self.low) / ((self.high - self.low) or 1.0)) * (_HEIGHT - _TOP - _BOTTOM)

    def points(self, xs: Sequence[float], ys: Sequence[float]) -> str:
        return " ".join(f"{self.across(x):.1f},{self.down(y):.1f}" for x, y in zip(xs, ys, strict=True))

    def svg(self, drawn: Sequence[str], x_label: str, y_label: str) -> str:
        middle = (_TOP + _HEIGHT - _BOTTOM) / 2
        ticks = [
            f'<text x="{_LEFT - 5}" y="{self.down(y) + 4:.1f}" text-anchor="end">{_tick(y)}</text>'
            for y in (self.low, (self.low + self.high) / 2, self.high)
        ] + [
            f'<text x="{self.across(x):.1f}" y="{_HEIGHT - _BOTTOM + 15}" text-anchor="middle">{_tick(x)}</text>'
            for x in (self.left, (self.left + self.right) / 2, self.right)
        ]
        names = (
            f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(x_label)}</text>'
            f'<text transform="translate(11,{middle}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>'
        )
        axes = f'<path stroke="#000" fill="none" d="M{_LEFT},{_TOP}V{_HEIGHT - _BOTTOM}H{_WIDTH - _RIGHT}"/>'
        label = escape(f"{y_label} – {x_label}")
        inside = "".join((axes, *drawn, *ticks, names))
        return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{inside}</svg>'


def _tick(value: float) -> str:
    return number_text(round(value, 2) + 0.0)


def _spread(places: list[float], apart: float = 13.0) -> list[float]:
    """Return heights of labels that are at least `apart` from each other, in the order given."""
    order = sorted(range(len(places)), key=places.__getitem__)
    for before, after in pairwise(order):
        places[after] = max(places[after], places[before] + apart)
    return places
