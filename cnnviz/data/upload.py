"""An uploaded image file, parsed and never trusted: one plain image comes out, or one sentence."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from cnnviz.data.decode_limits import FORMATS, MAX_PIXELS, BudgetedFile, DecodeBudget, check_header, check_pixels
from cnnviz.data.image_formats import detect_format
from cnnviz.data.image_note import ImageNote
from cnnviz.errors import UserError

MAX_BYTES = 10_000_000
MAX_SIDE = 2048
"""Pixels that a side keeps at most; no network here takes more than half of that."""
_LIGHT = 200
"""Mean grey level of what is not transparent, above which it is laid on black."""

_GREY_MODES = ("1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N")

_REDUCED_EARLY = ("F", "I", "L", "LA", "RGB", "RGBA", "CMYK")


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """The image of a file, and what had to be done to get it."""

    image: Tensor
    """uint8 (C, H, W), one channel for grey images and three for colour."""
    notes: tuple[ImageNote, ...]


def read_upload(data: bytes, budget: DecodeBudget | None = None) -> Upload:
    """Return the image in the bytes of a file: upright, its first frame.

    Where it is transparent it is laid on white, or on black where what is left is light.

    `budget` bounds the work; without one the file has a budget of its own.

    Raises:
        UserError: `upload_…`, one sentence for whatever is wrong with the file.
    """
    with _opened(data, budget or DecodeBudget()) as image:
        try:
            return _decode(image)
        except UserError:
            raise
        except Exception as error:  # a decoder fed with arbitrary bytes raises whatever it likes
            raise UserError("upload_damaged", formats=[*FORMATS]) from error


def count_pixels(data: bytes, budget: DecodeBudget | None = None) -> int:
    """Return how many pixels the image of a file has, from its header alone.

    Raises:
        UserError: as `read_upload`.
    """
    with _opened(data, budget or DecodeBudget()) as image:
        return image.width * image.height


def _opened(data: bytes, budget: DecodeBudget) -> Image.Image:
    """Return the image of a file with its header checked and nothing decoded."""
    if not data:
        raise UserError("upload_empty")
    if len(data) > MAX_BYTES:
        raise UserError("upload_bytes", megabytes=f"{len(data) / 1e6:.1f}", limit=MAX_BYTES // 1_000_000)
    formats = [*FORMATS]
    try:
        check_header(data)
        image = Image.open(BudgetedFile(data, budget), formats=FORMATS)
    except UserError:
        raise
    except UnidentifiedImageError as error:
        kind = detect_format(data)
        key = "upload_damaged" if kind in FORMATS else "upload_kind" if kind else "upload_format"
        raise UserError(key, kind=kind, formats=formats) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UserError("upload_bomb", limit=MAX_PIXELS // 1_000_000) from error
    except Exception as error:  # a parser fed with arbitrary bytes raises whatever it likes
        raise UserError("upload_damaged", formats=formats) from error
    try:
        check_pixels(*image.size)
    except UserError:
        image.close()
        raise
    return image


def _decode(image: Image.Image) -> Upload:
    notes = []
    if getattr(image, "is_animated", False):
        notes.append(_note("first_frame"))
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    width, height = image.size  # already upright for some formats
    image.draft(None, (MAX_SIDE, MAX_SIDE))  # a large JPEG is decoded at a half, a quarter, an eighth
    image.load()
    if orientation in range(2, 9):
        image = ImageOps.exif_transpose(image)
        notes.append(_note("upright"))
    if image.mode in _REDUCED_EARLY:  # before its numbers are copied in a wider type
        image.thumbnail((MAX_SIDE, MAX_SIDE))
    plain = _plain(image, notes)
    plain.thumbnail((MAX_SIDE, MAX_SIDE))
    if (width > height) != (plain.width > plain.height):
        width, height = height, width
    if plain.size != (width, height):
        notes.append(_note("reduced", width=width, height=height, new_width=plain.width, new_height=plain.height))
    pixels = np.array(plain)
    tensor = torch.from_numpy(pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1).copy())
    return Upload(tensor, tuple(notes))


def _plain(image: Image.Image, notes: list[ImageNote]) -> Image.Image:
    """Return the image in mode L or RGB."""
    grey = image.mode in _GREY_MODES
    if image.mode.startswith("I;16"):
        notes.append(_note("sixteen_bit"))
        return Image.fromarray(np.rint(np.asarray(image, dtype=np.float32) / 257).astype(np.uint8))
    if image.mode in ("I", "F"):
        return _stretched(np.asarray(image, dtype=np.float32), notes)
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        layered = image.convert("RGBA")
        opacity = np.asarray(layered.getchannel("A"), dtype=np.float32)
        if opacity.min() < 255:
            lightness = np.asarray(layered.convert("RGB").convert("L"), dtype=np.float32)
            light = (lightness * opacity).sum() > _LIGHT * opacity.sum()  # it would vanish on white
            notes.append(_note("on_black" if light else "on_white"))
            ground = Image.new("RGBA", layered.size, "black" if light else "white")
            ground.alpha_composite(layered)
            layered = ground
        return layered.convert("RGB").convert("L" if grey else "RGB")
    if image.mode == "CMYK":
        notes.append(_note("from_cmyk"))
    return image.convert("L" if grey else "RGB")


def _stretched(values: np.ndarray, notes: list[ImageNote]) -> Image.Image:
    """Return numbers of no known range as pixels: the least becomes black, the greatest white."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    notes.append(_note("stretched", low=f"{low:g}", high=f"{high:g}"))
    scaled = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) / ((high - low) or 1)
    return Image.fromarray(np.rint(255 * scaled).astype(np.uint8))


def _note(key: str, **values: Any) -> ImageNote:
    return ImageNote(key, MappingProxyType(values))
