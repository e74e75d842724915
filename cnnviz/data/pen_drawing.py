"""A drawing as the strokes of a pen: as text that fits into a link, and as the image that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from torch import Tensor

PLACES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
"""The places along a side, each as the character that stands for it in a link."""
SIDE = len(PLACES)
BETWEEN = "."
"""Between two strokes; `~`, which links may hold as well, is turned into `%7E` by some programs."""
MOST_POINTS = 500
"""Points of a drawing at most: 1,000 characters of a link."""
PEN = 5
"""The width of the pen, in places."""
SCALE = 2
"""Pixels of the image per place."""
_FINER = 4
"""Times that a line is drawn larger before it is shrunk, so that its edge is smooth."""

Point = tuple[int, int]
"""Column and row, counted from 0 at the upper left."""


@dataclass(frozen=True, slots=True)
class PenDrawing:
    """Strokes on a square of `SIDE` × `SIDE` places, light on dark."""

    strokes: tuple[tuple[Point, ...], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the drawing whose text `format` gave.

        >>> PenDrawing.parse("0102.zz").strokes
        (((0, 1), (0, 2)), ((61, 61),))

        Raises:
            ValueError: a text that is none, or more than `MOST_POINTS` points.
        """
        strokes = []
        for part in text.split(BETWEEN) if text else ():
            places = [PLACES.find(mark) for mark in part]
            if not part or len(part) % 2 or -1 in places:
                raise ValueError(text)
            strokes.append(tuple(zip(places[::2], places[1::2], strict=True)))
        if sum(map(len, strokes)) > MOST_POINTS:
            raise ValueError(text)
        return cls(tuple(strokes))

    def format(self) -> str:
        """Return the drawing as text: two characters a point, column and row; "" where nothing is drawn."""
        return BETWEEN.join("".join(PLACES[x] + PLACES[y] for x, y in stroke) for stroke in self.strokes)

    def image(self) -> Tensor:
        """Return the drawing as an image uint8 (1, H, W), white on black, `SCALE` pixels a place."""
        import numpy as np
        import torch
        from PIL import Image, ImageDraw

        fine = SCALE * _FINER
        sheet = Image.new("L", (SIDE * fine, SIDE * fine))
        pen, reach = ImageDraw.Draw(sheet), PEN * fine / 2
        for stroke in self.strokes:
            middles = [((x + 0.5) * fine, (y + 0.5) * fine) for x, y in stroke]
            if len(middles) > 1:
                pen.line(middles, fill=255, width=PEN * fine)
            for x, y in middles:
                pen.ellipse((x - reach, y - reach, x + reach - 1, y + reach - 1), fill=255)  # with its last pixel
        return torch.from_numpy(np.array(sheet.reduce(_FINER)))[None]


_EXAMPLES = (
    "UBNDIJFTFfIrNyUzbyhrjfjTgJbDUB",
    "MLVBVz",
    "HNLFTBbDhJhRbZTjLtFzlz",
    "HFRBbDfJdRTXNXTXdbhjfrZzPzHv",
    "bzbBFjlj",
    "hBLBJTVPfThbhlbvRzHv",
    "dBRJJVFlJvTzfvjlfdVZLdFl",
    "FBlBbRTfPz",
    "UBLFJLNTUXbblbjjhtbzPzHtFjHbLXUTbTjLhFUB",
    "hLbDRBJHHRNZXbfVhLjBhVdlXz",
)
EXAMPLE_DIGITS = tuple(map(PenDrawing.parse, _EXAMPLES))
"""One drawing of each digit from 0 to 9."""
