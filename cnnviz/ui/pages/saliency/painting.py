"""Strokes painted on the network's input: as text for the URL, and drawn on the image."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from cnnviz.text import Text
from cnnviz.ui.components.overlays.overlay_panels import BrushColour, Stroke
from cnnviz.ui.components.overlays.overlays_payload import LONGEST_PATH, SIZES

ERASE = "erase"
GREYS = {"black": (0, 0, 0), "grey": (128, 128, 128), "white": (255, 255, 255)}
COLOURS = GREYS | {"red": (220, 30, 30), "yellow": (235, 200, 30), "green": (30, 160, 60), "blue": (40, 80, 220)}
MOST_STROKES = 40

Point = tuple[int, int]


def brush_colours(image: Tensor, t: Text) -> list[BrushColour]:
    """Return the colours to paint on `image` (C, H, W) with: its background, and colours or greys."""
    ground = [round(255 * float(value)) for value in background(image)]
    red, green, blue = ground if len(ground) == 3 else ground[:1] * 3
    table = COLOURS if image.shape[0] == 3 else GREYS
    return [
        BrushColour(ERASE, t("brush.erase"), (red, green, blue)),
        *(BrushColour(name, t(f"brush.{name}"), rgb) for name, rgb in table.items()),
    ]


def background(image: Tensor) -> Tensor:
    """Return the median of the outermost pixels of (C, H, W) in each channel: (C,)."""
    edge = torch.cat((image[:, 0], image[:, -1], image[:, :, 0], image[:, :, -1]), 1)
    return edge.median(1).values


def paint(image: Tensor, strokes: Sequence[Stroke]) -> Tensor:
    """Return (C, H, W) in [0, 1] with the strokes on it; `image` stays as it is."""
    result = image.clone()
    ground = background(image)
    height, width = image.shape[1:]
    for stroke in strokes:
        colour = ground if stroke.tool == ERASE else _values(COLOURS[stroke.tool], image)
        half = (stroke.size - 1) // 2
        for y, x in fill_path(stroke.path):
            top, left = max(0, y - half), max(0, x - half)
            result[:, top : min(height, y + half + 1), left : min(width, x + half + 1)] = colour[:, None, None]
    return result


def format_strokes(strokes: Sequence[Stroke]) -> str:
    """Return the strokes as the URL holds them: `erase.3.12.5.12.9_white.1.0.0`."""
    parts = []
    for stroke in strokes:
        places = [str(at) for place in simplify_path(stroke.path) for at in place]
        parts.append(".".join([stroke.tool, str(stroke.size), *places]))
    return "_".join(parts)


def parse_strokes(text: str) -> list[Stroke]:
    """Return the strokes that `format_strokes` wrote; whether they lie on an image is not checked.

    Raises:
        ValueError: a text that describes none.
    """
    strokes: list[Stroke] = []
    for part in text.split("_") if text else ():
        tool, *numbers = part.split(".")
        if tool != ERASE and tool not in COLOURS:
            raise ValueError(text)
        if not all(number.isascii() and number.isdigit() and len(number) < 5 for number in numbers):
            raise ValueError(text)
        size, *flat = (int(number) for number in numbers)
        if size not in SIZES or not flat or len(flat) % 2 or len(flat) > 2 * LONGEST_PATH:
            raise ValueError(text)
        strokes.append(Stroke(tool, size, tuple(zip(flat[::2], flat[1::2], strict=True))))
    if len(strokes) > MOST_STROKES:
        raise ValueError(text)
    return strokes


def simplify_path(path: Sequence[Point]) -> list[Point]:
    """Return the places where a path begins, turns and ends; `fill_path` gives back the rest."""
    kept: list[Point] = []
    for place in path:
        while len(kept) > 1 and _straight(kept[-2], kept[-1], place):
            kept.pop()
        if not kept or kept[-1] != place:
            kept.append(place)
    return kept


def fill_path(path: Sequence[Point]) -> list[Point]:
    """Return every pixel from corner to corner of a path, at most one step apart."""
    found = list(path[:1])
    for (y, x), (to_y, to_x) in pairwise(path):
        steps = max(abs(to_y - y), abs(to_x - x))
        found += [
            (y + round(step * (to_y - y) / steps), x + round(step * (to_x - x) / steps)) for step in range(1, steps + 1)
        ]
    return found


def _straight(first: Point, second: Point, third: Point) -> bool:
    """Return whether the way goes on along a row, a column or a diagonal."""
    ways = []
    for (y, x), (to_y, to_x) in ((first, second), (second, third)):
        down, across = to_y - y, to_x - x
        if 0 not in (down, across) and abs(down) != abs(across):
            return False
        ways.append(((down > 0) - (down < 0), (across > 0) - (across < 0)))
    return ways[0] == ways[1]


def _values(rgb: tuple[int, int, int], image: Tensor) -> Tensor:
    colour = torch.tensor(rgb, dtype=image.dtype) / 255
    if image.shape[0] == 3:
        return colour
    grey = colour @ torch.tensor([0.299, 0.587, 0.114])
    return grey.expand(image.shape[0]).clone()
