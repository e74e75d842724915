"""Find the ink of a handwritten digit in a drawing, a scan or a photograph."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cnnviz.data.stroke_normalization import Ink, bounding_box

Grey = NDArray[np.float32]
"""(H, W) in [0, 255]."""

FAINTEST = 12
"""Grey levels that ink differs from its ground by at least."""
_BLUR = 0.8
_LOW, _HIGH = 0.25, 0.75
"""Of the usual contrast of ink: the levels that become 0 and 1."""
_GROUND = (0.05, 0.3)
"""Quantiles that lie in the ground even where more than half of the image is ink."""
_NORMAL = (-1.645, -0.524)
"""The same quantiles of a standard normal distribution."""
_NOISE = 5
"""How many times stronger than the noise of the ground ink is at least."""
_WIDEST_STROKE = 0.45
"""Of the image's longer side; what is wider is taken for ground."""
_GAP = 0.06
"""Of the digit's longer side, how far apart its parts may lie."""
_SECOND = 0.25
"""Of the digit's ink, from how much on another figure is one in its own right."""
_SMALL = 0.1
"""Of the most ink, how much a figure has at least that is preferred to one cut off by the image's border."""
_WIDE = 1.6
"""How much wider than high a digit hardly is."""
_UNEVEN = 3
"""How many times noisier the ground is where the ink covers most of it and is taken for it."""
_STEPS = 8


@dataclass(frozen=True, slots=True, eq=False)
class DetectedInk:
    """The strokes of a digit, light on dark."""

    dark: bool
    """Whether the ink is darker than its ground."""
    raised: Grey
    """How far each pixel differs from the ground towards the ink, smoothed."""
    low: float
    """Difference that becomes 0."""
    high: float
    """Difference that becomes 1."""
    levels: Ink
    """`raised` with `low` at 0 and `high` at 1."""
    digit: Ink
    """`levels` within the digit, 0 elsewhere."""
    several: bool
    """Whether there is more than one figure."""


def find_ink(grey: Grey) -> DetectedInk | None:
    """Return the ink of the most prominent figure of `grey`; None where nothing stands out from the ground.

    The ground is what an opening leaves once the ink is light: it may be shaded, and grey or coloured paper.
    """
    smooth = ndimage.gaussian_filter(grey, _BLUR)
    sides = {dark: _without_ground((255 - smooth if dark else smooth).astype(np.float32)) for dark in (True, False)}
    noises = {dark: noise for dark, (_, noise) in sides.items()}
    quiet = min(noises, key=lambda dark: noises[dark])
    uneven = noises[not quiet] > max(FAINTEST, _UNEVEN * noises[quiet])
    dark = quiet if uneven else is_ink_dark(smooth)
    raised, noise = sides[dark]
    peak = float(raised.max())
    if peak < FAINTEST:
        return None
    contrast = float(raised[raised > peak / 2].mean())
    if contrast < max(FAINTEST, _NOISE * noise):
        return None
    low = max(_LOW * contrast, 3 * noise)
    high = max(_HIGH * contrast, low + 1)
    levels = ((raised - low) / (high - low)).clip(0, 1).astype(np.float32)
    digit, several = _most_prominent(levels)
    return DetectedInk(dark, raised, low, high, levels, digit, several)


def _without_ground(light: Grey) -> tuple[Grey, float]:
    """Return how far light ink rises above its ground, which is 0 on average, and the ground's standard deviation."""
    raised = light - ndimage.grey_opening(light, size=max(3, round(max(light.shape) * _WIDEST_STROKE)))
    low, high = (float(value) for value in np.quantile(raised, _GROUND))
    noise = (high - low) / (_NORMAL[1] - _NORMAL[0])
    return raised - (high - _NORMAL[1] * noise), noise


def is_ink_dark(grey: Grey) -> bool:
    """Return whether what stands out from the ground is darker than it.

    The ground is a quadratic surface through most pixels, so that a shaded photograph counts as one ground.
    """
    sample = grey[:: max(1, grey.shape[0] // 40), :: max(1, grey.shape[1] // 40)]
    y, x = (axis.ravel() for axis in np.mgrid[-1 : 1 : sample.shape[0] * 1j, -1 : 1 : sample.shape[1] * 1j])
    basis = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    values = sample.ravel().astype(np.float64)
    rest = values - np.median(values)
    for _ in range(_STEPS):  # reweighted until the sum of absolute deviations is least
        weight = 1 / np.sqrt(np.abs(rest).clip(min=2))
        surface, *_ = np.linalg.lstsq(basis * weight[:, None], values * weight, rcond=None)
        rest = values - basis @ surface
    return bool((rest**3).sum() < 0)


def _most_prominent(levels: Ink) -> tuple[Ink, bool]:
    """Return the levels of the figure with the most ink, one that the border does not cut before one that it does; and
    whether there are several."""
    inside = levels > 0.5
    parts, count = ndimage.label(inside, np.ones((3, 3)))
    largest = ndimage.find_objects(parts)[int(np.bincount(parts.ravel())[1:].argmax())]
    reach = max(1, round(_GAP / 2 * max(along.stop - along.start for along in largest)))  # from either side
    if count > 1:
        parts, count = ndimage.label(ndimage.maximum_filter(inside, size=2 * reach + 1))
    ink = np.bincount(parts.ravel(), levels.ravel(), minlength=count + 1)[1:]
    cut = set(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]).tolist())
    whole = [number for number in range(1, count + 1) if number not in cut and ink[number - 1] >= _SMALL * ink.max()]
    chosen = max(whole or range(1, count + 1), key=lambda number: ink[number - 1])
    digit = np.where(parts == chosen, levels, np.float32(0)) if count > 1 else levels
    top, bottom, left, right = bounding_box(digit)
    others = [ink[number - 1] for number in whole if number != chosen]
    several = max(others, default=0) >= _SECOND * ink[chosen - 1] or right - left > _WIDE * (bottom - top)
    return digit, several
