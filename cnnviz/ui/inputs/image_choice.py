"""An image that a page is about, by name, and its way into a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnviz.data import DATASETS, SAMPLES
from cnnviz.data.datasets import find_dataset
from cnnviz.data.digit_frame import DigitFrame
from cnnviz.data.pen_drawing import PenDrawing
from cnnviz.ui.components.pad.pad_view import DRAWN, STROKES
from cnnviz.ui.inputs.image_cache import cached_test_images
from cnnviz.ui.inputs.links import FIT, HANDWRITING, IMAGE, NEGATIVE, NUMBER, SAME_IMAGES
from cnnviz.ui.inputs.uploaded_set import uploaded_sets
from cnnviz.ui.inputs.user_image import uploaded_image

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.data import Dataset, PreparedImage
    from cnnviz.models import TrainedModel


@dataclass(frozen=True, slots=True)
class ImageChoice:
    """One image by name, number and fitting; hashable, so that it can be the key of a cache."""

    name: str
    """A set, a sample, or one of the ways to an image of the user's own."""
    number: int
    """Of a test image of the set, or of a sample that varies."""
    mode: str
    """One of `MODES`: the way in which it is brought to the network's input size."""
    digest: str = ""
    """SHA-256 of a user's own image; of a drawing its strokes, as `PenDrawing.write` gives them."""
    negative: bool = False
    """Whether light and dark are swapped first."""
    framing: DigitFrame | None = None
    """The frame that a handwritten digit is brought into; None for an image that is used as it is."""
    as_it_is: bool = False
    """Whether it is one that could be brought into a frame, and is not."""

    def to_url(self) -> dict[str, str]:
        """Return the URL parameters that choose this image."""
        return (
            {IMAGE.name: self.name, NUMBER.name: str(self.number), FIT.name: self.mode}
            | ({NEGATIVE.name: NEGATIVE.format(True)} if self.negative else {})
            | ({HANDWRITING.name: HANDWRITING.format(False)} if self.as_it_is else {})
            | ({STROKES.name: self.digest} if self.name == DRAWN else {})
        )


def load_image(choice: ImageChoice, input_shape: tuple[int, int, int]) -> Tensor:
    """Return the image uint8 (C, H, W) as it came; a sample that is drawn, for an input of `input_shape`."""
    if choice.name == DRAWN and choice.digest:
        return PenDrawing.parse(choice.digest).image()
    if choice.digest:
        return uploaded_image()
    name = image_set_of(choice)
    if not name:
        return SAMPLES[choice.name].load(choice.number, input_shape)
    images = cached_test_images(name, None)
    return images.images[choice.number % len(images)]


def prepare_image(choice: ImageChoice, model: TrainedModel, standardise: bool = True) -> PreparedImage:
    """Return every step from the image to the input of `model`; without `standardise` to pixels in [0, 1]."""
    image = load_image(choice, model.spec.input_shape)
    return model.preparation(image, choice.mode, choice.negative, choice.framing, standardise)


def true_classes(choice: ImageChoice) -> tuple[int, ...] | None:
    """Return the classes of a test image of a set, one unless the set is multi-label; None for any other image."""
    name = image_set_of(choice)
    if not name:
        return None
    images = cached_test_images(name, None)
    return images.classes_of(choice.number % len(images))


def image_set_of(choice: ImageChoice) -> str:
    """Return the name of the set that it is a test image of; "" for any other image."""
    name = SAME_IMAGES.get(choice.name, choice.name)
    return name if not choice.digest and name in image_sets() else ""


def image_sets() -> dict[str, Dataset]:
    """Return the image sets on this machine, their variants, and the user's own, by name."""
    known = [form for entry in DATASETS.values() for form in (entry, *entry.variants) if form.present(None)]
    return {form.name: form for form in known} | uploaded_sets()


def framing_for(choice: ImageChoice, model: TrainedModel) -> DigitFrame | None:
    """Return the frame that the image needs before the model can read it; None for none."""
    own_set = find_dataset(image_set_of(choice))
    if not (choice.digest or own_set):
        return None
    return model.framing_for(None if own_set is None or own_set.title else own_set)
