"""Digits drawn by strokes, as a person would draw, scan or photograph them: the same 200 files every time.

Every digit is a skeleton of curves through a few points, jittered, slanted and drawn by Pillow with a round pen. No
image comes from a data set.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Point = tuple[float, float]
Grey = NDArray[np.float64]

SIDE = 200
"""Pixels of a drawing's sides."""
FINER = 2
"""The pen draws so many times larger, so that edges are smooth."""
PER_KIND = 20
"""Drawings of each kind, two of every digit."""
JITTER = 0.025
"""Standard deviation of a point of a skeleton, as a share of the digit's height."""

SKELETONS = MappingProxyType(
    {
        0: (
            "52,0 27,14 20,50 29,88 50,100 73,86 80,50 72,13 52,0",
            "60,2 32,8 14,45 22,86 50,99 78,80 86,42 70,8 48,5",
        ),
        1: (
            "52,0 50,50 49,100",
            "30,24 42,13 52,0; 52,0 52,50 51,100",
        ),
        2: (
            "20,22 34,4 60,2 77,20 68,45 44,73 17,97; 17,97 50,96 84,97",
            "22,20 42,2 68,10 68,36 46,68 24,92 12,86 28,78 55,92 86,93",
        ),
        3: (
            "22,13 44,0 70,10 69,34 40,46; 40,46 74,57 77,84 50,100 19,89",
            "20,4 50,3 76,4; 76,4 60,22 44,40; 44,40 74,50 78,80 50,100 20,90",
        ),
        4: (
            "30,0 24,28 18,58; 18,58 50,57 86,56; 68,10 66,55 64,100",
            "64,0 38,33 12,66; 12,66 50,66 88,65; 64,0 64,50 63,100",
        ),
        5: (
            "78,2 52,2 28,3; 28,3 26,22 24,43; 24,43 50,36 76,53 74,86 46,100 18,90",
            "34,6 30,25 28,46; 28,46 55,40 76,62 66,92 40,100 18,92; 36,5 58,5 82,2",
        ),
        6: (
            "68,2 40,24 22,62 34,95 60,98 76,76 62,55 38,60 25,76",
            "52,0 32,30 24,68 40,98 66,94 74,70 54,56 28,70",
        ),
        7: (
            "18,4 50,4 82,3; 82,3 58,45 40,100",
            "18,5 50,5 80,4; 80,4 56,50 44,100; 36,52 54,51 74,50",
        ),
        8: (
            "72,12 50,0 28,14 36,36 62,56 76,80 50,100 24,82 36,58 64,36 72,12",
            "50,0 30,10 30,34 50,45 70,34 70,10 50,0; 50,45 24,58 24,88 50,100 76,88 76,58 50,45",
        ),
        9: (
            "72,20 54,2 30,12 28,36 46,48 68,36 73,16; 73,16 70,60 62,100",
            "76,10 50,0 26,20 34,46 60,44 76,14 76,55 64,90 34,97",
        ),
    }
)
"""Two skeletons of every digit: curves between semicolons, points x,y in hundredths of the height, y down."""


@dataclass(frozen=True, slots=True)
class Pen:
    """How a digit is drawn; lengths as shares of the picture's side."""

    width: tuple[float, float] = (0.035, 0.06)
    height: tuple[float, float] = (0.55, 0.75)
    """Of the digit."""
    slant: tuple[float, float] = (-0.08, 0.2)
    """Shear: how far the top leans to the right, as a share of the height."""
    shift: float = 0.04
    """How far the digit stands from the middle, at most, along each axis."""


def _files(pen: Pen, paint: "Callable[[Grey, np.random.Generator], bytes]", seed: int) -> Iterator[tuple[int, bytes]]:
    for number in range(PER_KIND):
        draws = np.random.default_rng((seed, number))
        digit = number % 10
        yield digit, paint(_ink(SKELETONS[digit][number // 10], pen, draws), draws)


def _between(span: tuple[float, float], draws: np.random.Generator) -> float:
    return float(draws.uniform(*span))


def _ink(skeleton: str, pen: Pen, draws: np.random.Generator) -> Grey:
    """How much of each pixel the pen covers, in [0, 1]: (SIDE, SIDE)."""
    width, height, slant = (_between(span, draws) for span in (pen.width, pen.height, pen.slant))
    turn, narrow = draws.normal(0, 0.05), draws.uniform(0.8, 1.1)
    moved: dict[Point, Point] = {}

    def place(point: Point) -> Point:
        if point not in moved:  # curves that meet keep meeting
            x, y = (np.array(point) - 0.5) + draws.normal(0, JITTER, 2)
            x = narrow * x - slant * y
            x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
            moved[point] = (height * x, height * y)
        return moved[point]

    curves = [np.array([place(_point(word)) for word in curve.split()]) for curve in skeleton.split(";")]
    middle = 0.5 + draws.uniform(-pen.shift, pen.shift, 2)
    sheet = Image.new("L", (FINER * SIDE,) * 2)
    pencil = ImageDraw.Draw(sheet)
    radius = FINER * SIDE * width / 2
    for curve in curves:
        path = FINER * SIDE * (_smooth(curve) + middle)
        pencil.line([tuple(point) for point in path], fill=255, width=round(2 * radius), joint="curve")
        for x, y in path:
            pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(sheet.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float64) / 255


def _point(word: str) -> Point:
    x, y = word.split(",")
    return int(x) / 100, int(y) / 100


def _smooth(points: Grey, pieces: int = 12) -> Grey:
    """Points of the Catmull-Rom curve through `points` (N, 2)."""
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, pieces, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts.append(b + t * (c - a) / 2 + t**2 * (2 * a - 5 * b + 4 * c - d) / 2 + t**3 * (3 * b - a - 3 * c + d) / 2)
    return np.concatenate([*parts, points[-1:]])


def _mixed(ink: Grey, ground: Grey | float, stroke: float) -> Grey:
    """Values in [0, 255]: the ground where there is no ink."""
    return ground + ink * (stroke - ground)


def _png(values: Grey) -> bytes:
    return _written(Image.fromarray(np.rint(values.clip(0, 255)).astype(np.uint8)), "PNG")


def _written(image: Image.Image, form: str) -> bytes:
    file = BytesIO()
    image.save(file, form)
    return file.getvalue()


def _on_white(ink: Grey, draws: np.random.Generator) -> bytes:
    return _png(_mixed(ink, 255, 0))


def _light_on_dark(ink: Grey, draws: np.random.Generator) -> bytes:
    return _png(_mixed(ink, draws.uniform(0, 50), draws.uniform(200, 255)))


def _on_grey_paper(ink: Grey, draws: np.random.Generator) -> bytes:
    paper = draws.uniform(110, 190)
    photo = _mixed(ink, paper, paper - draws.uniform(60, 100)) + draws.normal(0, 5, ink.shape)
    return _written(Image.fromarray(np.rint(photo.clip(0, 255)).astype(np.uint8)), "JPEG")


def _unevenly_lit(ink: Grey, draws: np.random.Generator) -> bytes:
    """A photograph under a lamp: brightest at one corner, less than half as bright at the other, tinted, with noise."""
    rows, columns = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    angle = draws.uniform(0, 2 * np.pi)
    light = 0.7 + 0.3 * (rows * np.sin(angle) + columns * np.cos(angle)) / np.sqrt(2) - 0.08 * (rows**2 + columns**2)
    photo = 235 * light * (1 - draws.uniform(0.6, 0.85) * ink) + draws.normal(0, 4, ink.shape)
    tinted = photo[..., None] * np.array([1.0, 0.96, 0.86])
    return _written(Image.fromarray(np.rint(tinted.clip(0, 255)).astype(np.uint8)), "JPEG")


def _transparent(ink: Grey, draws: np.random.Generator) -> bytes:
    """A drawing without a ground: ink of any colour, every other time a light one."""
    colour = draws.uniform(0, 90, 3) if draws.integers(2) else draws.uniform(215, 255, 3)
    layers = np.concatenate([np.broadcast_to(colour, (*ink.shape, 3)), 255 * ink[..., None]], axis=2)
    return _written(Image.fromarray(np.rint(layers).astype(np.uint8)), "PNG")


KINDS: MappingProxyType[str, Callable[[], Iterator[tuple[int, bytes]]]] = MappingProxyType(
    {
        "dark on light": lambda: _files(Pen(), _on_white, 0),
        "thin": lambda: _files(Pen(width=(0.005, 0.012)), _on_white, 1),
        "thick": lambda: _files(Pen(width=(0.09, 0.12)), _on_white, 2),
        "slanted": lambda: _files(Pen(slant=(0.3, 0.5)), _on_white, 3),
        "small": lambda: _files(Pen(width=(0.01, 0.02), height=(0.15, 0.25), shift=0.1), _on_white, 4),
        "off-centre": lambda: _files(Pen(height=(0.35, 0.5), shift=0.22), _on_white, 5),
        "light on dark": lambda: _files(Pen(), _light_on_dark, 6),
        "grey paper": lambda: _files(Pen(), _on_grey_paper, 7),
        "unevenly lit": lambda: _files(Pen(), _unevenly_lit, 8),
        "transparent": lambda: _files(Pen(), _transparent, 9),
    }
)
"""A name, and the (digit, file) pairs of that kind."""
