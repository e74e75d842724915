"""A handwritten digit finds its way into the frame of MNIST or of scikit-learn's digits."""

from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.data import dataset, prepare, read_upload
from cnnviz.data.digit_frame import DigitFrame
from cnnviz.data.handwriting import LOW_CONFIDENCE, doubt_confidence, frame_handwriting, prepare_handwriting
from cnnviz.data.ink import find_ink, is_ink_dark
from cnnviz.data.stroke_normalization import bounding_box, scale, straighten, stroke_width, widen
from cnnviz.text import LANGUAGES

MNIST, DIGITS = dataset("mnist").handwriting, dataset("digits").handwriting
assert MNIST is not None
assert DIGITS is not None


def paper(rows: slice, columns: slice, side: int = 100) -> torch.Tensor:
    """A black block on white."""
    image = torch.full((1, side, side), 255, dtype=torch.uint8)
    image[:, rows, columns] = 0
    return image


def keys(steps) -> list[str]:
    return [step.key for step in steps]


def centre(image: torch.Tensor) -> tuple[float, float]:
    values = image[0].double()
    places = torch.arange(values.shape[0], dtype=torch.float64)
    return float((values.sum(1) * places).sum() / values.sum()), float((values.sum(0) * places).sum() / values.sum())


def test_a_bar_becomes_20_rows_high_with_its_aspect_and_its_centre_of_mass_at_14_14() -> None:
    done = frame_handwriting(paper(slice(10, 90), slice(20, 40)), MNIST)
    assert keys(done.steps) == ["original", "ink_dark", "levels", "box", "box_scaled", "centred_mass"]
    assert done.image is not None
    lit = done.image[0] > 127
    assert (int(lit.any(1).sum()), int(lit.any(0).sum())) == (20, 5)
    assert centre(done.image) == pytest.approx((14, 14), abs=0.5)
    assert done.doubts == ()


@pytest.mark.parametrize("name", ["mnist", "digits"])
def test_the_frame_is_that_of_the_set_s_own_images(name: str) -> None:
    """MNIST's facts were measured over its 60,000 training images; scikit-learn's are here."""
    framing = dataset(name).handwriting
    assert framing is not None
    if name == "digits":
        images = dataset(name).load("train").images[:, 0]
        lit = images > 0
        assert bool(lit.any(2).all())  # every digit fills the height
        assert float(images.double().mean() / 255) == pytest.approx(framing.ink, abs=1e-4)
        columns = lit.any(1).sum(1)
        assert int(columns.median()) == 6  # 20 of 32 fine pixels in the middle touch the columns 1 to 6
    framed = frame_handwriting(paper(slice(20, 80), slice(30, 62)), framing).image
    assert framed is not None
    assert framed.shape == (1, framing.side, framing.side)
    if framing.ink:
        assert float(framed.double().mean() / 255) == pytest.approx(framing.ink, abs=0.06)


def test_ink_is_found_on_either_ground_and_under_uneven_light() -> None:
    rows, columns = np.mgrid[0:1:120j, 0:1:120j]
    stroke = np.zeros((120, 120))
    stroke[30:90, 55:62] = 1
    for light in (255 + 0 * rows, 120 + 0 * rows, 80 + 150 * columns, 230 - 120 * rows * columns):
        dark = (light * (1 - 0.7 * stroke)).astype(np.float32)
        bright = 255 - dark
        assert is_ink_dark(dark)
        assert not is_ink_dark(bright)
        for grey in (dark, bright):
            found = find_ink(grey)
            assert found is not None
            assert bounding_box(found.digit) == pytest.approx((30, 90, 55, 62), abs=1)


def test_ink_that_covers_more_than_its_ground_is_told_by_how_even_that_is() -> None:
    digits = dataset("digits").load("test", limit=100).images
    assert all(frame_handwriting(digit, MNIST).image is not None for digit in digits)
    ring = frame_handwriting(digits[0], MNIST)  # a 0 whose ring fills the image
    assert [step.key for step in ring.steps][1] == "ink_light"


def test_half_of_the_paper_in_shadow_is_no_ink() -> None:
    grey = np.full((160, 160), 220, dtype=np.float32)
    grey[40:120, 76:84] = 60
    grey[:, 90:] *= 0.6
    found = find_ink(grey)
    assert found is not None
    assert bounding_box(found.digit) == pytest.approx((40, 120, 76, 84), abs=2)


@pytest.mark.parametrize("value", [0, 90, 255])
def test_a_sheet_without_ink_is_read_as_it_is_and_doubted(value: int) -> None:
    sheet = torch.full((3, 40, 60), value, dtype=torch.uint8)
    sheet[:, 3, 4] ^= 3  # fainter than any ink
    done = prepare_handwriting(sheet, (1, 28, 28), MNIST)
    assert [note.key for note in done.doubts] == ["no_ink"]
    assert torch.equal(done.tensor, prepare(sheet, (1, 28, 28)).tensor)


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 1, 50), (1, 300, 2), (2, 5, 7)])
def test_an_image_of_any_shape_gets_an_answer(shape: tuple[int, int, int]) -> None:
    image = torch.zeros(shape, dtype=torch.uint8)
    image[..., shape[2] // 2] = 255
    assert prepare_handwriting(image, (1, 28, 28), MNIST).tensor.shape == (1, 1, 28, 28)
    assert prepare_handwriting(image, (3, 32, 32), DIGITS).tensor.shape == (1, 3, 32, 32)


def test_of_two_digits_the_one_with_more_ink_is_read_with_a_doubt() -> None:
    image = paper(slice(20, 80), slice(15, 25))
    alone = frame_handwriting(image, MNIST)
    image[:, 30:60, 70:80] = 0
    both = frame_handwriting(image, MNIST)
    assert [note.key for note in both.doubts] == ["several_figures"]
    assert alone.image is not None
    assert both.image is not None
    assert torch.equal(alone.image, both.image)


def test_the_edge_of_a_table_and_a_speck_are_no_digits() -> None:
    image = paper(slice(30, 70), slice(45, 52))
    image[:, :, :12] = 0  # cut off by the image's border
    image[:, 90, 90] = 0
    done = frame_handwriting(image, MNIST)
    assert done.doubts == ()
    box = next(step for step in done.steps if step.key == "box")
    assert box.image.shape[1:] == pytest.approx((64, 11), abs=3)  # 160 / 100 of 40 × 7


def test_thin_strokes_are_widened_to_the_least_width_and_wide_ones_left() -> None:
    ink = np.zeros((100, 60), dtype=np.float32)
    ink[10:90, 29:31] = 1
    assert stroke_width(ink) == pytest.approx(2, abs=0.5)
    wide = widen(ink, MNIST)
    assert stroke_width(wide) == pytest.approx(MNIST.stroke * 80 / 20, abs=1)
    assert widen(wide, MNIST) is wide or stroke_width(widen(wide, MNIST)) == pytest.approx(stroke_width(wide), abs=1)
    ink[10:90, 20:40] = 1
    assert widen(ink, MNIST) is ink


def test_a_slanted_bar_is_made_upright() -> None:
    rows, columns = np.mgrid[0:80, 0:80]
    slanted = (np.abs(columns - 40 - 0.4 * (rows - 40)) < 3).astype(np.float32)
    top, bottom, left, right = bounding_box(straighten(slanted))
    assert (bottom - top, right - left) == pytest.approx((80, 6), abs=2)


def test_sizes_in_the_box() -> None:
    kept, stretched = (
        DigitFrame(side=28, box=(20, 20), centre="mass"),
        DigitFrame(side=8, box=(32, 20), stretch=1.5, centre="box"),
    )
    assert [kept.size_of(*size) for size in ((40, 20), (10, 50), (7, 7))] == [(20, 10), (4, 20), (20, 20)]
    assert [stretched.size_of(*size) for size in ((64, 12), (64, 40), (32, 64))] == [(32, 9), (32, 20), (32, 20)]
    assert scale(np.ones((40, 20), dtype=np.float32), kept).shape == (20, 10)


@pytest.mark.parametrize("framing", [MNIST, DIGITS], ids=["mnist", "digits"])
def test_an_image_as_the_set_has_them_is_left_and_its_negative_turned(framing: DigitFrame) -> None:
    own = torch.zeros(1, framing.side, framing.side, dtype=torch.uint8)
    own[:, 2:6, 3:5] = 200
    assert frame_handwriting(own, framing).image is own
    turned = frame_handwriting(255 - own, framing)
    assert keys(turned.steps) == ["original", "negative"]
    assert turned.image is not None
    assert torch.equal(turned.image, own)


def test_a_light_drawing_without_a_ground_is_laid_on_black() -> None:
    layers = np.zeros((60, 60, 4), dtype=np.uint8)
    layers[10:50, 25:32] = 255
    file = BytesIO()
    Image.fromarray(layers).save(file, "PNG")
    upload = read_upload(file.getvalue())
    assert [note.key for note in upload.notes] == ["on_black"]
    assert keys(frame_handwriting(upload.image, MNIST).steps)[:3] == ["original", "grey", "ink_light"]


def test_only_what_is_handwriting_of_another_frame_is_framed() -> None:
    mnist, digits, fashion = (dataset(name) for name in ("mnist", "digits", "fashion_mnist"))
    assert mnist.framing_for(None) is mnist.framing_for(digits) is MNIST
    assert digits.framing_for(mnist) is dataset("digits-tagged").framing_for(None) is DIGITS
    assert mnist.framing_for(mnist) is digits.framing_for(dataset("digits-tagged")) is None
    assert mnist.framing_for(fashion) is fashion.framing_for(None) is fashion.framing_for(digits) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_steps_and_doubts_are_said(language: str) -> None:
    image = paper(slice(20, 80), slice(10, 15))
    image[:, 20:80, 60:64] = 0
    for framing in (MNIST, DIGITS):
        done = frame_handwriting(image, framing)
        assert all(step.note.describe(language) and step.note.brief(language) for step in done.steps)
        assert all(note.describe(language) for note in done.doubts)
    assert "42%" in doubt_confidence(0.42, language)
    assert doubt_confidence(LOW_CONFIDENCE, language) == ""


def test_anything_but_a_uint8_image_is_an_error() -> None:
    with pytest.raises(ValueError, match="uint8"):
        frame_handwriting(torch.zeros(1, 5, 5), MNIST)
