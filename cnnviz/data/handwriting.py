"""Bring a handwritten digit into the frame of a data set, with every step shown.

MNIST was made so: the digits of NIST's forms, black and white, were "size normalized to fit in a 20x20 pixel box while
preserving their aspect ratio", with grey levels "as a result of the anti-aliasing technique used by the normalization
algorithm", and "centered in a 28x28 image by computing the center of mass of the pixels, and translating the image so
as to position this point at the center of the 28x28 field" (Y. LeCun, C. Cortes, C. Burges, The MNIST database of
handwritten digits, http://yann.lecun.com/exdb/mnist/). In the files that point lies at row 14 and column 14, counted
from 0. The digits of scikit-learn went through NIST's own system (M. D. Garris et al., NIST Form-Based Handprint
Recognition System, NISTIR 5469, 1994), which evens strokes and takes out the slant; then the pixels of each 4x4 block
of 32x32 were counted. Their frame is measured: every digit fills 8 rows and mostly 6 columns, and 30.6 % is ink.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnviz.data import stroke_normalization
from cnnviz.data.digit_frame import DigitFrame
from cnnviz.data.image_note import ImageNote
from cnnviz.data.ink import find_ink
from cnnviz.data.polarity import light_border_share
from cnnviz.data.preparation import PreparationStep, PreparedImage, Shape, match_channels, prepare, resize
from cnnviz.data.standardise import Scaling
from cnnviz.data.stroke_normalization import Ink
from cnnviz.text.numbers import percent

WORKING_SIDE = 160
"""Pixels of the longer side that ink is looked for at."""
LOW_CONFIDENCE = 0.7
"""Probability of the predicted class below which a reading is doubtful."""


@dataclass(frozen=True, slots=True, eq=False)
class Handwriting:
    """A handwritten digit on its way into the frame of a data set."""

    steps: tuple[PreparationStep, ...]
    """The first holds the original; the last, where ink was found, the framed digit."""
    image: Tensor | None
    """uint8 (1, side, side), light on dark; None where no ink was found."""
    doubts: tuple[ImageNote, ...] = ()
    """Why the digit may not be what was meant: `no_ink`, `several_figures`."""


def frame_handwriting(image: Tensor, framing: DigitFrame) -> Handwriting:
    """Return the digit in an image uint8 (C, H, W) as the set with `framing` would hold it."""
    if image.dtype != torch.uint8 or image.ndim != 3 or 0 in image.shape:
        raise ValueError(f"image must be uint8 (C, H, W), but got {image.dtype} {tuple(image.shape)}")
    steps = [_step("original", image, channels=image.shape[0])]
    if image.shape == (1, framing.side, framing.side):  # an image as the set has them
        if float(light_border_share(image[None])) > 0.5:
            steps.append(_step("negative", 255 - image))
        return Handwriting(tuple(steps), steps[-1].image)
    grey = match_channels(image, 1)
    if grey is not image:
        steps.append(_step("grey", grey, channels=1))
    found = find_ink(_at_working_size(grey)[0].numpy().astype(np.float32))
    if found is None:
        return Handwriting(tuple(steps), None, (_note("no_ink"),))
    steps.append(_step("ink_dark" if found.dark else "ink_light", _pixels(found.raised / np.float32(255))))
    steps.append(_step("levels", _pixels(found.levels), low=round(found.low), high=round(found.high)))
    ink = stroke_normalization.cut(found.digit)
    steps.append(_step("box", _pixels(ink)))
    if framing.upright:
        ink = stroke_normalization.cut(stroke_normalization.straighten(ink))
        steps.append(_step("unslanted", _pixels(ink)))
    widened = stroke_normalization.cut(stroke_normalization.widen(ink, framing))
    if widened is not ink:
        steps.append(_step("strokes", _pixels(widened)))
    scaled = stroke_normalization.scale(widened, framing)
    steps.append(_step("box_scaled" if framing.stretch == 1 else "box_stretched", _pixels(scaled)))
    framed = _pixels(stroke_normalization.place(scaled, framing))
    steps.append(_step(f"centred_{framing.centre}", framed, block=framing.block))
    return Handwriting(tuple(steps), framed, (_note("several_figures"),) if found.several else ())


def prepare_handwriting(
    image: Tensor, input_shape: Shape, framing: DigitFrame, mode: str = "crop", scaling: Scaling | None = None
) -> PreparedImage:
    """Return an image uint8 (C, H, W) as the input (1, C, H, W) of a network that learned digits with `framing`.

    It is what `prepare` makes of the framed digit, or of the image as it is where there is no ink.

    Raises:
        UserError: `unknown_mode`.
    """
    done = frame_handwriting(image, framing)
    rest = prepare(image if done.image is None else done.image, input_shape, mode, scaling)
    steps = rest.steps if done.image is None else (*done.steps, *rest.steps[1:])
    return replace(rest, steps=steps, doubts=done.doubts)


def doubt_confidence(probability: float, language: str) -> str:
    """Return the sentence on a prediction of low probability; "" where it is high enough."""
    return (
        _note("low_confidence", share=percent(probability)).describe(language) if probability < LOW_CONFIDENCE else ""
    )


def _at_working_size(image: Tensor) -> Tensor:
    height, width = image.shape[1:]
    scale = WORKING_SIDE / max(height, width)
    return resize(image, (max(1, round(height * scale)), max(1, round(width * scale))))


def _pixels(ink: Ink) -> Tensor:
    """Return (H, W) in [0, 1] as uint8 (1, H, W)."""
    return torch.from_numpy(np.rint(255 * ink.clip(0, 1)).astype(np.uint8))[None]


def _step(key: str, image: Tensor, **values: Any) -> PreparationStep:
    return PreparationStep(_note(key, height=image.shape[1], width=image.shape[2], **values), image)


def _note(key: str, **values: Any) -> ImageNote:
    return ImageNote(key, MappingProxyType(values))
