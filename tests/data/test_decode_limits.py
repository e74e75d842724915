"""A file that would take far more time or memory than its image is refused before or while it is decoded."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from cnnviz.data import decode_limits
from cnnviz.data.decode_limits import MAX_SCANS, MAX_TIFF_PIECES, BudgetedFile, DecodeBudget
from cnnviz.data.upload import count_pixels, read_upload
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES


def saved(image: Image.Image, form: str, **settings: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **settings)
    return buffer.getvalue()


def noise(height: int = 64, width: int = 64) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def tiff(tags: dict[int, tuple[int, bytes, int]], data: bytes = b"\x55" * 64) -> bytes:
    """A little-endian TIFF of one directory: each tag's type, values and count; the data lie at byte 8."""
    body = bytearray(b"II*\0\0\0\0\0" + data)
    entries = b""
    for tag, (kind, values, count) in sorted(tags.items()):
        if len(values) > 4:
            place, values = len(body), values + b"\0" * (len(values) % 2)
            body += values
            values = struct.pack("<I", place)
        entries += struct.pack("<HHI", tag, kind, count) + values.ljust(4, b"\0")
    body[4:8] = struct.pack("<I", len(body))
    return bytes(body) + struct.pack("<H", len(tags)) + entries + bytes(4)


def numbers(*values: int) -> tuple[int, bytes, int]:
    return 4, struct.pack(f"<{len(values)}I", *values), len(values)


def grey_tiff(width: int, height: int, compression: int = 1, **others: tuple[int, bytes, int]) -> bytes:
    names = {
        "strips": 273,
        "rows": 278,
        "counts": 279,
        "tile_width": 322,
        "tile_height": 323,
        "tiles": 324,
        "sizes": 325,
    }
    tags = {256: numbers(width), 257: numbers(height), 258: numbers(8), 259: numbers(compression), 262: numbers(1)}
    return tiff(tags | {names[name]: value for name, value in others.items()})


def many(count: int) -> tuple[int, bytes, int]:
    return 3, struct.pack("<H", 8) * count, count


def progressive(scans: int) -> bytes:
    """A JPEG whose last scan comes again and again."""
    data = saved(noise(), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    present = data.count(b"\xff\xda")
    return data[:-2] + scan * (scans - present) + b"\xff\xd9"


def wide_webp(width: int, height: int) -> bytes:
    sides = b"".join((side - 1).to_bytes(3, "little") for side in (width, height))
    body = b"VP8X" + struct.pack("<I", 10) + b"\2\0\0\0" + sides + b"ANIM" + struct.pack("<I", 6) + bytes(6)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def chunks(count: int) -> bytes:
    """A PNG with so many empty chunks of a kind that is passed over."""
    data = saved(noise(), "PNG")
    empty = struct.pack(">I", 0) + b"abCd" + struct.pack(">I", zlib.crc32(b"abCd"))
    return data[:33] + empty * count + data[33:]


def run_length_bmp(rows: int) -> bytes:
    """A grey BMP 1,000 pixels wide, each pixel a code of its own."""
    head = struct.pack("<IiiHHIIiiII", 40, 1_000, rows, 1, 8, 1, 2_002 * rows, 0, 0, 256, 0)
    start = 14 + len(head) + 1024
    codes = (b"\x01\x07" * 1_000 + b"\0\0") * rows
    return b"BM" + struct.pack("<IHHI", start + len(codes), 0, 0, start) + head + bytes(1024) + codes


JPEG = saved(noise(), "JPEG")
BAD = {
    "a JPEG of too many scans": (progressive(MAX_SCANS + 1), "upload_scans"),
    "tiles far larger than the image": (
        grey_tiff(
            100, 100, 8, tiles=numbers(8), sizes=numbers(64), tile_width=numbers(32768), tile_height=numbers(65520)
        ),
        "upload_tiff_tiles",
    ),
    "tiles that overhang the image by far": (
        grey_tiff(
            5_000, 100, 8, tiles=many(5_000), sizes=many(5_000), tile_width=numbers(1), tile_height=numbers(60_000)
        ),
        "upload_tiff_tiles",
    ),
    "too many strips": (
        grey_tiff(1, 60_000, strips=many(MAX_TIFF_PIECES + 1), counts=many(MAX_TIFF_PIECES + 1), rows=numbers(1)),
        "upload_tiff_pieces",
    ),
    "too many tiles": (
        grey_tiff(
            500,
            500,
            tiles=many(MAX_TIFF_PIECES + 1),
            sizes=many(MAX_TIFF_PIECES + 1),
            tile_width=numbers(1),
            tile_height=numbers(1),
        ),
        "upload_tiff_pieces",
    ),
    "a TIFF compressed as few are": (saved(noise(), "TIFF", compression="lzma"), "upload_tiff_packing"),
    "a TIFF of too many pixels": (grey_tiff(60_000, 60_000, strips=numbers(8), counts=numbers(9)), "upload_pixels"),
    "a WebP canvas of too many pixels": (wide_webp(12_000, 12_000), "upload_pixels"),
    "an image of one endless row": (saved(Image.new("1", (65_536, 1)), "PNG"), "upload_side"),
    "a JPEG of comments": (JPEG[:2] + b"\xff\xfe\0\2" * 10_001 + JPEG[2:], "upload_work"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_would_take_too_much_gets_one_sentence_in_every_language(name):
    data, key = BAD[name]
    with pytest.raises(UserError) as error:
        read_upload(data)
    assert error.value.key == key
    for language in LANGUAGES:
        said = error.value.describe(language)
        assert said.endswith((".", "。"))
        assert "\n" not in said


@pytest.mark.parametrize(
    "data",
    [JPEG[:2] + b"\xff" * 9_000 + JPEG[2:], chunks(4_000), run_length_bmp(5)],
    ids=["a JPEG filled with 0xFF", "a PNG of empty chunks", "a BMP of short runs"],
)
def test_a_file_of_tiny_pieces_is_refused_when_its_reads_are_spent(data):
    assert read_upload(data).image.numel() > 0
    with pytest.raises(UserError, match="too long to read"):
        read_upload(data, DecodeBudget(reads=8_000))


@pytest.mark.parametrize(
    "data",
    [
        progressive(MAX_SCANS),
        JPEG[:2] + b"\xff\xfe\0\2" * 2_000 + JPEG[2:],
        JPEG + b"\xff\xda" * 1_000,  # after the image's end, as in a photograph with a film
        saved(noise(), "JPEG", icc_profile=b"\xff\xda" * 1_000),
        saved(noise(), "TIFF", compression="tiff_lzw"),
        saved(noise(), "TIFF", compression="jpeg"),
        grey_tiff(8, 8, tiles=numbers(8), sizes=numbers(64), tile_width=numbers(16), tile_height=numbers(16)),
        chunks(2_000),
        run_length_bmp(20),
        saved(Image.new("L", (65_535, 1)), "TIFF"),
    ],
)
def test_what_is_only_unusual_is_read(data):
    assert read_upload(data).image.numel() > 0


def test_every_compression_that_is_listed_is_read():
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits"):
        found = read_upload(saved(noise(), "TIFF", compression=compression)).image
        assert np.array_equal(found.permute(1, 2, 0), np.asarray(noise()))


def test_a_header_tells_the_pixels_without_decoding():
    data = saved(noise(50, 30), "PNG")
    assert count_pixels(data[:60]) == 1500


def test_a_budget_is_spent_read_by_read_and_second_by_second(monkeypatch):
    budget = DecodeBudget(reads=3)
    file = BudgetedFile(b"abcdef", budget)
    assert [file.read(1), file.read(2), file.read()] == [b"a", b"bc", b"def"]
    with pytest.raises(UserError, match="too long to read"):
        file.read(1)
    now = [100.0]
    monkeypatch.setattr(decode_limits.time, "thread_time", lambda: now[0])
    file = BudgetedFile(b"abcdef", DecodeBudget(seconds=5))
    now[0] = 104.9
    assert file.read(1) == b"a"
    now[0] = 105.1
    with pytest.raises(UserError, match="too long to read"):
        file.read(1)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(300), "HEIC"),
        (b"%PDF-1.7\n1 0 obj<<>>endobj", "PDF"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (saved(noise(), "ICO"), "ICO"),
        (saved(noise(), "JPEG2000"), "JPEG2000"),
        (saved(noise(), "DDS"), "DDS"),
        (saved(noise(), "SGI"), "SGI"),
        (b"8BPS\0\1" + bytes(100), "PSD"),
        (b"SIMPLE  =                    T".ljust(80) + b"END".ljust(80), "FITS"),
    ],
)
def test_another_format_is_refused_by_its_name(data, kind):
    with pytest.raises(UserError, match=f"This file is {kind}, which is not read here; save it as one of PNG, JPEG"):
        read_upload(data)
