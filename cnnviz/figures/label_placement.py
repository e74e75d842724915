"""Placement of the names of points, so that none lies over another or over a point."""

from __future__ import annotations

from collections.abc import Sequence

SIDES = {
    "top center": (0, -1),
    "bottom center": (0, 1),
    "middle right": (1, 0),
    "middle left": (-1, 0),
    "top right": (1, -1),
    "top left": (-1, -1),
    "bottom right": (1, 1),
    "bottom left": (-1, 1),
}
"""Plotly's positions of a text, the first ones liked best, each as its direction from the point (right, down)."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels; y counts down."""

_LETTER, _LINE = 6.4, 12.0
"""Width of a letter and height of a line of Plotly's text in pixels."""
_POINT, _GAP = 6.0, 8.5
"""Pixels from a point's middle to its edge, and to the text beside it."""
_CUT = 0.2
"""The part of a name outside of the plot from which on it is cut off."""
_SWEEPS = 8


def label_sides(points: Sequence[tuple[float, float]], names: Sequence[str], width: float, height: float) -> list[str]:
    """Return, for each of `points`, in pixels of a plot (width, height), the side on which its name covers least; ""
    for a point without a name (""), which only stands in the way, and for one whose name would lie over another or
    would be cut off. A side that is free in this plot is free in every larger one."""
    chosen = _place_labels(points, names, width, height)
    named = [index for index, name in enumerate(names) if name]
    boxes = {index: label_box(points[index], names[index], chosen[index]) for index in named}
    hidden = {
        index: _cut_off(boxes[index], width, height)
        + sum(overlap_area(boxes[index], boxes[each]) for each in named if each != index)
        for index in named
    }
    worst = max(named, key=hidden.__getitem__, default=None)
    if worst is not None and hidden[worst] > 0:
        return label_sides(points, ["" if index == worst else name for index, name in enumerate(names)], width, height)
    return [side if name else "" for side, name in zip(chosen, names, strict=True)]


def _place_labels(
    points: Sequence[tuple[float, float]], names: Sequence[str], width: float, height: float
) -> list[str]:
    chosen = [next(iter(SIDES)) for _ in points]
    marks = [(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y in points]
    named = [index for index, name in enumerate(names) if name]
    for _ in range(_SWEEPS):
        before = list(chosen)
        for index in named:
            others = [label_box(points[each], names[each], chosen[each]) for each in named if each != index]
            chosen[index] = min(
                SIDES,
                key=lambda side: _covered(
                    label_box(points[index], names[index], side), [*others, *marks], width, height
                ),
            )
        if chosen == before:
            break
    return chosen


def label_box(point: tuple[float, float], name: str, side: str) -> Box:
    """Return the box that `name` covers on `side` of `point`."""
    (x, y), (right, down), wide = point, SIDES[side], _LETTER * len(name)
    middle_x, middle_y = x + right * (_GAP + wide / 2), y + down * (_GAP + _LINE / 2)
    return middle_x - wide / 2, middle_y - _LINE / 2, middle_x + wide / 2, middle_y + _LINE / 2


def overlap_area(one: Box, other: Box) -> float:
    """Return the area that two boxes have in common, in square pixels."""
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0) * max(high, 0)


def _cut_off(label: Box, width: float, height: float) -> float:
    """Return the area of `label` outside of the plot; 0 for the little that the margin shows."""
    outside = _area(label) - overlap_area(label, (0, 0, width, height))
    return outside if outside > _CUT * _area(label) else 0.0


def _covered(label: Box, others: Sequence[Box], width: float, height: float) -> float:
    outside = _area(label) - overlap_area(label, (0, 0, width, height))
    return outside + sum(overlap_area(label, other) for other in others)


def _area(one: Box) -> float:
    return (one[2] - one[0]) * (one[3] - one[1])
