"""The names in a zip: decoded from whatever encoding they were written in, and compared whatever their spelling.

The zip format knows UTF-8, announced by a flag or given beside the name, and otherwise the IBM PC's code page 437.
Packers of Chinese, Japanese or Korean systems write their own code page instead and do not say so. General detectors
need more text than a few folder names (charset-normalizer reads none of "猫", "苹果" and "正常 异常" in GBK), so the
encodings that matter here are compared by how often their characters are used.
"""

import re
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf, log
from zipfile import ZipInfo

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
"""The extra field of Info-ZIP that holds a name in UTF-8."""

Ranges = tuple[tuple[int, int, int, int, float, int], ...]
"""First and last lead byte, first and last trail byte, share of all characters in names, number of characters."""

_TWO_BYTES: dict[str, Ranges] = {
    "gbk": (
        (0xB0, 0xD7, 0xA1, 0xFE, 0.9, 3755),
        (0xD8, 0xF7, 0xA1, 0xFE, 0.08, 3008),
        (0xA1, 0xA3, 0xA1, 0xFE, 0.01, 280),
    ),
    "big5": (
        (0xA4, 0xC6, 0x40, 0xFE, 0.93, 5401),
        (0xC9, 0xF9, 0x40, 0xFE, 0.05, 7652),
        (0xA1, 0xA3, 0x40, 0xFE, 0.01, 400),
    ),
    "cp932": (
        (0x82, 0x82, 0x9F, 0xF1, 0.25, 83),
        (0x83, 0x83, 0x40, 0x96, 0.25, 86),
        (0x88, 0x98, 0x40, 0xFC, 0.4, 2965),
        (0x81, 0x81, 0x40, 0xFC, 0.04, 147),
        (0x99, 0x9F, 0x40, 0xFC, 0.02, 3390),
        (0xE0, 0xEA, 0x40, 0xFC, 0.02, 3390),
    ),
    "cp949": (
        (0xB0, 0xC8, 0xA1, 0xFE, 0.95, 2350),
        (0x81, 0xC6, 0x41, 0xFE, 0.02, 8822),
        (0xCA, 0xFD, 0xA1, 0xFE, 0.01, 4888),
    ),
}
_PRIOR = {"gbk": 0.4, "big5": 0.3, "cp932": 0.1, "cp949": 0.01, "cp437": 0.19}
"""How often names of no announced encoding are in each, among those who read this app."""
_ACCENTED = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜáíóúñÑß"
"""Letters of code page 437."""
_RARE = log(1e-7)
_MIXED = log(0.02)
"""For each place in a word where Latin letters meet Chinese, Japanese or Korean ones."""

_ENDING = re.compile(rb"\.[A-Za-z]{2,5}$")

TITLES = {"gbk": "GBK", "big5": "Big5", "cp932": "Shift-JIS", "cp949": "EUC-KR", "cp437": "CP437"}
"""What people call the encodings."""


def decode_names(entries: Sequence[ZipInfo]) -> tuple[list[str], str]:
    """Return the path of every entry, and the encoding that had to be guessed, "" where none had."""
    unsaid = {part for entry in entries for part in (_raw(entry) or b"").split(b"/") if not part.isascii()}
    encoding = guess_encoding(_ENDING.sub(b"", part) for part in unsaid) if unsaid else "utf-8"
    names = []
    for entry in entries:
        raw = _raw(entry)
        name = entry.filename if raw is None else raw.decode(encoding, "replace")
        names.append(name.split("\0")[0].replace("\\", "/"))
    return names, "" if encoding == "utf-8" else encoding


def guess_encoding(names: Iterable[bytes]) -> str:
    """Return the encoding that all `names` are most likely written in: UTF-8 where they can be."""
    raw = b"\n".join(sorted(set(names)))
    try:
        raw.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return max(_PRIOR, key=lambda encoding: log(_PRIOR[encoding]) + _likelihood(raw, encoding))


def fold(name: str) -> str:
    """Return the form that all spellings of one name share: composition, width, case and spaces tell none apart."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _raw(entry: ZipInfo) -> bytes | None:
    """Return the bytes of a name whose encoding is not announced; None where it is."""
    if entry.flag_bits & _UTF8_FLAG:
        return None
    raw = entry.orig_filename.encode("cp437")
    return _unicode_path(entry.extra, raw) or raw


def _unicode_path(extra: bytes, raw: bytes) -> bytes | None:
    """Return the name in UTF-8 that stands beside `raw`, if it was made for it."""
    at = 0
    while at + 4 <= len(extra):
        field, length = struct.unpack_from("<HH", extra, at)
        content = extra[at + 4 : at + 4 + length]
        if field == _UNICODE_PATH and content[:1] == b"\x01" and content[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return content[5:]
        at += 4 + length
    return None


def _likelihood(raw: bytes, encoding: str) -> float:
    """Return the logarithm of how likely names in `encoding` are these bytes."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return -inf
    eastern = encoding in _TWO_BYTES
    total = sum(
        log((0.1 if eastern else 0.85) / 26) if character.isascii() else _usage(character, encoding)
        for character in text
        if character.isalpha() or not character.isascii()
    )
    mixed = sum(one.isascii() != other.isascii() for one, other in pairwise(text) if one.isalpha() and other.isalpha())
    return total + (_MIXED * mixed if eastern else 0)


def _usage(character: str, encoding: str) -> float:
    """Return the logarithm of a character's share of all characters in names."""
    if encoding not in _TWO_BYTES:
        return log(0.15 / len(_ACCENTED)) if character in _ACCENTED else _RARE
    code = character.encode(encoding)
    if len(code) == 2:
        for first, last, low, high, share, count in _TWO_BYTES[encoding]:
            if first <= code[0] <= last and low <= code[1] <= high:
                return log(share / count)
    return _RARE
