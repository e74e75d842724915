"""The frame in which a data set holds its handwritten digits."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitFrame:
    """Size, place and strokes of the digits of a set; lengths in fine pixels."""

    side: int
    """Pixels of an image's height and width."""
    block: int = 1
    """Fine pixels along each side of a pixel, which holds their mean."""
    box: tuple[int, int]
    """Height and width that a digit is brought to."""
    stretch: float = 1
    """How many times a digit may be widened beside its height, which then fills the box; 1 keeps the aspect ratio."""
    centre: Literal["mass", "box"]
    """What comes to the middle: the centre of mass, at row and column side / 2 counted from 0, or the box."""
    stroke: float = 0
    """The width that strokes have at least."""
    ink: float = 0
    """Fraction of the image that is ink, to which strokes are widened or narrowed; 0 leaves them."""
    upright: bool = False
    """Whether the slant is taken out by a shear."""

    def size_of(self, height: int, width: int) -> tuple[int, int]:
        """Return height and width, in fine pixels, that a digit of `height` × `width` is brought to."""
        if self.stretch > 1:
            return self.box[0], max(1, round(min(self.box[1], width * self.stretch * self.box[0] / height)))
        scale = min(self.box[0] / height, self.box[1] / width)
        return max(1, round(height * scale)), max(1, round(width * scale))
