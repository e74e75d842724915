"""The names of image formats, told from a file's first bytes, so that an error can name what was uploaded."""

from PIL import Image

_BY_START = ((b"%PDF", "PDF"), (b"PK\x03\x04", "ZIP"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"))
_BY_BRAND = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"heim": "HEIC",
    b"hevc": "HEIC",
    b"mif1": "HEIF",
    b"msf1": "HEIF",
    b"mp42": "MP4",
    b"isom": "MP4",
    b"qt  ": "MOV",
}
"""Brands of ISO media files; phones take photographs as HEIC."""
_AMBIGUOUS = ("MIC", "FPX")
"""Pillow knows these by the start of any old Office document."""
_START = 16
"""Bytes that Pillow's readers look at to accept a file."""


def detect_format(data: bytes) -> str:
    """Return the name of the format that a file is in, or "" where its first bytes do not tell."""
    start = data[:_START]
    for signature, name in _BY_START:
        if start.startswith(signature):
            return name
    if start[4:8] == b"ftyp" and start[8:12] in _BY_BRAND:
        return _BY_BRAND[start[8:12]]
    if b"<svg" in data[:1000].lower():
        return "SVG"
    Image.init()
    for name in Image.ID:
        accepts = Image.OPEN[name][1]
        if accepts is not None and name not in _AMBIGUOUS and _accepts(accepts, start):
            return name
    return ""


def _accepts(accepts: object, start: bytes) -> bool:
    try:
        return accepts(start) is True if callable(accepts) else False
    except Exception:  # a parser fed with arbitrary bytes raises whatever it likes
        return False
