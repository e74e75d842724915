"""Limits on the work and memory that an image file may cause, checked in its header and while it is decoded."""

import re
import struct
import time
from io import BytesIO
from math import ceil
from typing import Any

from PIL import TiffImagePlugin

from cnnviz.errors import UserError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
"""Formats that are decoded, as Pillow names them; nothing else reaches a decoder."""
MAX_PIXELS = 25_000_000
MAX_SIDE = 65_535
"""Pixels of a side, as JPEG and GIF allow; a longer one makes Pillow handle millions of rows one by one."""
MAX_READS = 150_000
"""Times that the parsers of one file may ask for bytes. An ordinary file of 10 MB takes at most about 80,000; files
made of millions of tiny pieces keep Pillow's Python loops busy."""
MAX_SECONDS = 10.0
"""Processor time for one file."""
MAX_SCANS = 50
"""Passes over the image in a progressive JPEG; encoders write about ten."""
MAX_SEGMENTS = 10_000
"""Pieces of a JPEG between its scans; a photograph has a few dozen."""
MAX_TIFF_PIECES = 100_000
"""Strips or tiles of a TIFF."""
LARGEST_SPARE_TILE = 2048 * 2048
"""Pixels of a tile that a TIFF may have whose image is smaller."""
TIFF_COMPRESSIONS = (1, 2, 3, 4, 5, 7, 8, 32773, 32946)
"""None, CCITT (three), LZW, JPEG, Deflate, PackBits, Deflate's older number."""

_SAFE = [*FORMATS[:2]]
"""What to save an image as that is stored in an unusual way."""

_IMAGE_WIDTH, _IMAGE_LENGTH, _COMPRESSION = 256, 257, 259
_STRIP_OFFSETS, _TILE_WIDTH, _TILE_LENGTH, _TILE_OFFSETS = 273, 322, 323, 324

_NEXT_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""A JPEG marker; within compressed data 0xFF stands only before 0x00 and restart markers."""
_BARE_MARKERS = (0x01, 0xD8)
"""Markers that no length follows."""
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA


class DecodeBudget:
    """The reads and the processor time that decoding may still take; one budget may cover many files."""

    def __init__(self, reads: int = MAX_READS, seconds: float = MAX_SECONDS) -> None:
        self._reads = reads
        self._until = time.thread_time() + seconds

    def spend_read(self) -> None:
        """Count one read.

        Raises:
            UserError: `upload_work` where too many were made, or they took too long.
        """
        self._reads -= 1
        if self._reads < 0 or time.thread_time() > self._until:
            raise UserError("upload_work", formats=_SAFE)


class BudgetedFile(BytesIO):
    """A file in memory whose every read is counted."""

    def __init__(self, data: bytes, budget: DecodeBudget) -> None:
        super().__init__(data)
        self._budget = budget

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes.

        Raises:
            UserError: `upload_work`.
        """
        self._budget.spend_read()
        return super().read(size)


def check_header(data: bytes) -> None:
    """Raise if the decoder of the file would allocate or work far beyond what its image needs.

    Raises:
        UserError: `upload_scans`, `upload_tiff_tiles`, `upload_tiff_pieces`, `upload_tiff_packing`,
            `upload_side` or `upload_pixels`.
    """
    if data.startswith(b"\xff\xd8"):
        _check_jpeg(data)
    elif data[:4] in TiffImagePlugin.PREFIXES:
        _check_tiff(data)
    elif data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8X":
        _check_webp(data)


def check_pixels(width: int, height: int) -> None:
    """Raise if an image is too large.

    Raises:
        UserError: `upload_side` or `upload_pixels`.
    """
    if max(width, height) > MAX_SIDE:
        raise UserError("upload_side", width=width, height=height, limit=f"{MAX_SIDE:,}")
    if width * height > MAX_PIXELS:
        raise UserError("upload_pixels", width=width, height=height, limit=MAX_PIXELS // 1_000_000)


def _check_jpeg(data: bytes) -> None:
    """Check the scans: every one makes the decoder pass over the whole image, however few bytes the scan has."""
    at, scans = 2, 0
    for _ in range(MAX_SEGMENTS):
        found = _NEXT_MARKER.search(data, at)
        if found is None or found[1][0] == _END_OF_IMAGE:
            return
        marker, at = found[1][0], found.end()
        if marker not in _BARE_MARKERS:
            at += int.from_bytes(data[at : at + 2], "big")
        scans += marker == _START_OF_SCAN
        if scans > MAX_SCANS:
            raise UserError("upload_scans", limit=MAX_SCANS, formats=_SAFE)
    raise UserError("upload_work", formats=_SAFE)


def _check_tiff(data: bytes) -> None:
    """Check tiles: libtiff allocates whole tiles, and Pillow lists every strip and tile."""
    file = BytesIO(data)
    header = file.read(8)
    if header[2:4] in (b"\x2b\x00", b"\x00\x2b"):
        header += file.read(8)
    tags = TiffImagePlugin.ImageFileDirectory_v2(header)
    file.seek(tags.next)
    tags.load(file)
    packing = _number(tags.get(_COMPRESSION, 1))
    if packing not in TIFF_COMPRESSIONS:
        raise UserError(
            "upload_tiff_packing",
            packing=TiffImagePlugin.COMPRESSION_INFO.get(packing, str(packing)).removeprefix("tiff_"),
            formats=_SAFE,
        )
    pieces = max(_count(tags.get(_STRIP_OFFSETS)), _count(tags.get(_TILE_OFFSETS)))
    if pieces > MAX_TIFF_PIECES:
        raise UserError("upload_tiff_pieces", count=f"{pieces:,}", limit=f"{MAX_TIFF_PIECES:,}", formats=_SAFE)
    width, height = (_number(tags.get(tag, 0)) for tag in (_IMAGE_WIDTH, _IMAGE_LENGTH))
    tile_width, tile_height = (_number(tags.get(tag, 0)) for tag in (_TILE_WIDTH, _TILE_LENGTH))
    check_pixels(width, height)
    tile = tile_width * tile_height
    tiles = ceil(width / tile_width) * ceil(height / tile_height) if tile else 0
    around = (width + 15) * (height + 15)  # sides of tiles are multiples of 16
    if tile > max(around, LARGEST_SPARE_TILE) or tiles * tile > max(4 * around, MAX_PIXELS):
        raise UserError("upload_tiff_tiles", width=tile_width, height=tile_height, formats=_SAFE)


def _check_webp(data: bytes) -> None:
    """Check the canvas, which the decoder allocates as it is opened."""
    if len(data) >= 30:
        low_width, high_width, low_height, high_height = struct.unpack("<HBHB", data[24:30])
        check_pixels(low_width + (high_width << 16) + 1, low_height + (high_height << 16) + 1)


def _number(value: Any) -> int:
    """Return the number of a tag, the first where it lists several."""
    return int(value[0] if isinstance(value, tuple) else value)


def _count(value: Any) -> int:
    """Return how many numbers a tag lists."""
    return 0 if value is None else len(value) if isinstance(value, tuple) else 1
