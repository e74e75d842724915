import contextlib
import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from cnnviz.data import read_upload
from cnnviz.data.decode_limits import FORMATS
from cnnviz.data.upload import MAX_BYTES, MAX_SIDE
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES

RAMP = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


def saved(image, form="PNG", **settings):
    buffer = io.BytesIO()
    image.save(buffer, form, **settings)
    return buffer.getvalue()


def rgb(height=3, width=4, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def keys(upload):
    return [note.key for note in upload.notes]


def pixels(upload):
    return upload.image.permute(1, 2, 0).numpy()


def test_a_colour_image_comes_as_its_pixels_with_nothing_to_say():
    upload = read_upload(saved(Image.fromarray(rgb())))
    assert np.array_equal(pixels(upload), rgb())
    assert upload.notes == ()


@pytest.mark.parametrize("form", FORMATS)
def test_every_listed_format_is_read(form):
    image = Image.fromarray(np.full((9, 7, 3), (200, 30, 90), np.uint8))
    found = pixels(read_upload(saved(image, form))).astype(int)
    assert found.shape == (9, 7, 3)
    assert np.abs(found - (200, 30, 90)).max() <= 6


def test_a_format_that_is_not_listed_is_not_even_tried():
    with pytest.raises(UserError) as error:
        read_upload(saved(Image.fromarray(rgb()), "PPM"))
    assert str(error.value).startswith("This file is PPM, which is not read here")
    assert "PNG, JPEG, WEBP, BMP, GIF, TIFF" in str(error.value)


def test_grey_stays_one_channel():
    assert np.array_equal(pixels(read_upload(saved(Image.fromarray(RAMP))))[:, :, 0], RAMP)
    bits = Image.fromarray(RAMP > 100)
    assert set(np.unique(pixels(read_upload(saved(bits))))) == {0, 255}


def test_sixteen_bits_are_scaled_and_not_cut():
    values = np.array([[0, 257, 65535], [128, 32768, 1000]], np.uint16)
    for form in ("PNG", "TIFF"):
        upload = read_upload(saved(Image.fromarray(values), form))
        assert pixels(upload)[:, :, 0].tolist() == [[0, 1, 255], [0, 128, 4]]
        assert keys(upload) == ["sixteen_bit"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 128, 255]),
        (np.array([[-2.0, 0.0, 2.0]], np.float32), [0, 128, 255]),
        (np.array([[np.nan, 1.0, 3.0]], np.float32), [0, 0, 255]),
        (np.array([[7.0, 7.0, 7.0]], np.float32), [0, 0, 0]),
        (np.array([[0, 100_000, 200_000]], np.int32), [0, 128, 255]),
    ],
)
def test_numbers_of_no_known_range_are_stretched_and_it_is_said(values, expected):
    upload = read_upload(saved(Image.fromarray(values), "TIFF"))
    assert pixels(upload)[0, :, 0].tolist() == expected
    assert keys(upload) == ["stretched"]


def test_transparent_parts_are_laid_on_white():
    layers = np.zeros((1, 3, 4), np.uint8)
    layers[0, :, 3] = (255, 0, 128)
    upload = read_upload(saved(Image.fromarray(layers)))
    assert pixels(upload)[0].tolist() == [[0] * 3, [255] * 3, [127] * 3]
    assert keys(upload) == ["on_white"]
    grey = read_upload(saved(Image.fromarray(layers[:, :, 2:], "LA")))
    assert pixels(grey)[0, :, 0].tolist() == [0, 255, 127]
    opaque = np.full((2, 2, 4), 255, np.uint8)
    assert read_upload(saved(Image.fromarray(opaque))).notes == ()


def test_a_palette_is_looked_up_and_its_transparent_colour_is_white():
    image = Image.fromarray(np.array([[0, 1, 2]], np.uint8), "P")
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    assert pixels(read_upload(saved(image)))[0].tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    upload = read_upload(saved(image, transparency=1))
    assert pixels(upload)[0].tolist() == [[255, 0, 0], [255, 255, 255], [0, 0, 255]]
    assert keys(upload) == ["on_white"]


def test_printing_colours_become_red_green_and_blue():
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    upload = read_upload(saved(image, "TIFF"))
    assert pixels(upload)[0, 0].tolist() == [255, 0, 0]
    assert keys(upload) == ["from_cmyk"]
    assert np.abs(pixels(read_upload(saved(image, "JPEG")))[4, 4].astype(int) - (255, 0, 0)).max() < 12


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_the_camera_noted(orientation, form):
    upright = np.zeros((16, 32), np.uint8)
    upright[:8, :8] = 255  # a white corner at the top left
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright, -1),
    }[orientation]
    image = Image.fromarray(np.ascontiguousarray(stored))
    exif = Image.Exif()
    exif[0x0112] = orientation
    upload = read_upload(saved(image, form, exif=exif))
    assert upload.image.shape == (1, 16, 32)
    assert np.abs(pixels(upload)[:, :, 0].astype(int) - upright).max() < 10
    assert keys(upload) == ([] if orientation == 1 else ["upright"])


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF"])
def test_an_animation_gives_its_first_frame(form):
    first, second = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    settings = {"lossless": True} if form == "WEBP" else {}
    upload = read_upload(saved(first, form, save_all=True, append_images=[second], **settings))
    assert pixels(upload)[0, 0].tolist() == [255, 0, 0]
    assert keys(upload) == ["first_frame"]
    assert "first frame" in upload.notes[0].describe()


@pytest.mark.parametrize(
    ("size", "expected"), [((1, 1), (1, 1)), ((30, 5000), (12, 2048)), ((5000, 30), (2048, 12)), ((2048, 2), (2048, 2))]
)
def test_odd_sizes_work_and_long_ones_are_reduced_aloud(size, expected):
    upload = read_upload(saved(Image.new("RGB", size, (9, 99, 199))))
    assert upload.image.shape == (3, expected[1], expected[0])
    assert keys(upload) == ([] if size == expected else ["reduced"])
    assert upload.image[:, 0, 0].tolist() == [9, 99, 199]


def test_a_large_photograph_is_reduced_and_its_own_size_said():
    upload = read_upload(saved(Image.new("RGB", (5600, 4200), (90, 120, 30)), "JPEG"))
    assert upload.image.shape == (3, 1536, MAX_SIDE)
    assert keys(upload) == ["reduced"]
    assert "5600×4200" in upload.notes[0].describe()


def png_header(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


PHOTO = saved(Image.fromarray(rgb(200, 200)), "JPEG")
DRAWING = saved(Image.fromarray(rgb(200, 200)))
BAD = {
    "nothing": (b"", "upload_empty"),
    "renamed text": (b"these are words, whatever the name of the file says\n" * 20, "upload_format"),
    "renamed page": (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "upload_kind"),
    "random bytes": (np.random.default_rng(0).bytes(5000), "upload_format"),
    "over the limit": (PHOTO + b"\0" * MAX_BYTES, "upload_bytes"),
    "half a JPEG": (PHOTO[: len(PHOTO) // 2], "upload_damaged"),
    "half a PNG": (DRAWING[: len(DRAWING) // 2], "upload_damaged"),
    "eight bytes of a PNG": (DRAWING[:8], "upload_damaged upload_format"),
    "a PNG with other bytes within": (DRAWING[:200] + b"\xff" * 300 + DRAWING[500:], "upload_damaged"),
    "too many pixels": (png_header(6000, 5000), "upload_pixels"),
    "bomb that warns": (png_header(10_000, 10_000), "upload_pixels upload_bomb"),
    "bomb": (png_header(60_000, 60_000), "upload_bomb"),
    "a picture that is none": (png_header(0, 5), "upload_damaged upload_format"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_one_sentence_in_every_language(name):
    data, expected = BAD[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow speaks up before the limit here does
        with pytest.raises(UserError) as error:
            read_upload(data)
    assert error.value.key in expected.split()
    for language in LANGUAGES:
        said = error.value.describe(language)
        assert said.rstrip().endswith((".", "。"))
        assert "\n" not in said


@pytest.mark.parametrize(
    "data",
    [
        PHOTO,
        DRAWING,
        saved(Image.fromarray(rgb(40, 40)), "GIF"),
        saved(Image.fromarray(rgb(40, 40)), "TIFF"),
        saved(Image.fromarray(rgb(40, 40)), "WEBP"),
    ],
)
def test_a_file_with_any_bytes_changed_is_read_or_refused_but_never_more(data):
    generator = np.random.default_rng(1)
    for _ in range(60):
        bent = bytearray(data)
        for place in generator.integers(0, min(len(bent), 400), 4):
            bent[place] = generator.integers(0, 256)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with contextlib.suppress(UserError):
                assert read_upload(bytes(bent)).image.numel() > 0
