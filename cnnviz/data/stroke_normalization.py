"""Deslant, scale and centre the strokes of a digit, as the frame of a data set says."""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from cnnviz.data.digit_frame import DigitFrame
from cnnviz.data.preparation import resize

Ink = NDArray[np.float32]
"""(H, W) in [0, 1]: how much of each pixel is ink."""

_STEEPEST = 0.7
"""Shear at most, in columns per row: about 35 degrees."""
_HALVINGS = 8


def straighten(ink: Ink) -> Ink:
    """Return the digit without its slant: sheared so that its rows and columns are uncorrelated, on a larger sheet."""
    sheet = np.pad(ink, ((0, 0), (ink.shape[0] // 2 + 1,) * 2))
    rows, columns = np.indices(sheet.shape)
    mass = sheet.sum()
    row, column = (rows * sheet).sum() / mass, (columns * sheet).sum() / mass
    spread = ((rows - row) ** 2 * sheet).sum()
    shear = ((rows - row) * (columns - column) * sheet).sum() / spread if spread else 0.0
    shear = float(np.clip(shear, -_STEEPEST, _STEEPEST))
    upright: Ink = ndimage.affine_transform(sheet, [[1, 0], [shear, 1]], offset=[0, -shear * row], order=1)
    return upright


def stroke_width(ink: Ink) -> float:
    """Return the mean width of the strokes in pixels, from how deep their pixels lie below the edge."""
    inside = ink > 0.5
    return float(4 * ndimage.distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1][inside].mean() - 2)


def widen(ink: Ink, framing: DigitFrame) -> Ink:
    """Return the digit with strokes as wide as the set's, on a larger sheet where they grow; `ink` itself where they
    are."""
    if framing.ink:
        return _widen_to_share(ink, framing)
    top, bottom, left, right = bounding_box(ink)
    least = framing.stroke * max((bottom - top) / framing.box[0], (right - left) / framing.box[1])
    missing = (least - stroke_width(ink)) / 2
    if missing <= 0:
        return ink
    sheet = np.pad(ink, int(missing) + 2)
    return np.maximum(sheet, _grown(_depth(sheet), missing))


def bounding_box(ink: Ink) -> tuple[int, int, int, int]:
    """Return first row, row after the last, first column and column after the last that hold ink."""
    rows, columns = (np.flatnonzero((ink > 0.5).any(axis)) for axis in (1, 0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def cut(ink: Ink) -> Ink:
    """Return the digit cut to its bounding box; `ink` itself where it fills that."""
    top, bottom, left, right = bounding_box(ink)
    return ink if (bottom - top, right - left) == ink.shape else ink[top:bottom, left:right]


def scale(ink: Ink, framing: DigitFrame) -> Ink:
    """Return the digit at the size that the set gives it, in fine pixels; each is the mean of what it covers."""
    pixels = torch.from_numpy(np.rint(255 * ink).astype(np.uint8))[None]
    scaled: Ink = resize(pixels, framing.size_of(*ink.shape))[0].numpy().astype(np.float32) / np.float32(255)
    return scaled


def place(ink: Ink, framing: DigitFrame) -> Ink:
    """Return the scaled digit where the set puts it: (side, side)."""
    side = framing.side * framing.block
    height, width = ink.shape
    if framing.centre == "mass" and ink.any():
        row, column = (float(at) for at in ndimage.center_of_mass(ink))
        top, left = round(side / 2 - row), round(side / 2 - column)
    else:
        top, left = (side - height) // 2, (side - width) // 2
    top, left = min(max(top, 0), side - height), min(max(left, 0), side - width)
    sheet = np.zeros((side, side), dtype=np.float32)
    sheet[top : top + height, left : left + width] = ink
    fine = sheet.reshape(framing.side, framing.block, framing.side, framing.block)
    placed: Ink = fine.mean((1, 3))
    return placed


def _widen_to_share(ink: Ink, framing: DigitFrame) -> Ink:
    """Return strokes widened or narrowed until the scaled digit covers the set's fraction of an image."""
    sheet = np.pad(ink, max(ink.shape) // 4 + 2)
    depth = _depth(sheet)
    low, high = -float(depth.max()), max(ink.shape) / 4
    for _ in range(_HALVINGS):
        radius = (low + high) / 2
        grown = (depth > -radius).astype(np.float32)
        top, bottom, left, right = bounding_box(grown)
        height, width = framing.size_of(bottom - top, right - left)
        share = grown[top:bottom, left:right].mean() * height * width / (framing.side * framing.block) ** 2
        low, high = (radius, high) if share < framing.ink else (low, radius)
    return _grown(depth, high)


def _depth(ink: Ink) -> Ink:
    """Return how far each pixel lies inside the strokes; negative outside."""
    inside = ink > 0.5
    depth: Ink = (ndimage.distance_transform_edt(inside) - ndimage.distance_transform_edt(~inside)).astype(np.float32)
    return depth


def _grown(depth: Ink, radius: float) -> Ink:
    """Return strokes with `radius` more on either side, their edges smooth."""
    return (depth + np.float32(radius + 0.5)).clip(0, 1)
