"""Formats of files that are brought as weights, told by their first bytes; nothing is unpacked or decoded."""

import mmap
import re

_HEAD, _TAIL = 4096, 100_000
"""Bytes that are looked at: at the start of a file, and at its end, where a zip lists what it holds."""

_ARCHIVES = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x28\xb5\x2f\xfd")
_PICKLE = re.compile(
    rb"\x80[\x02-\x05]"  # protocols 2 to 5
    rb"|c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n"  # protocol 0 or 1: a class
    rb"|[(\]}][dlp]?[pq][0\x00]"  # a dictionary or a list
)
_HTML = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|!--|\?xml)", re.IGNORECASE)
_ONNX = re.compile(rb"\x08[\x01-\x14][\x12\x1a\x22\x28\x32\x3a\x42\x72]")
"""A protobuf whose first field is a small number, the version, and whose next one is another of ONNX's."""


def file_format(data: bytes | mmap.mmap) -> str:
    """Return the name of the format of a file that is no safetensors file; "" for one that is not known.

    >>> file_format(b"GGUF" + bytes(20))
    'gguf'
    """
    head = bytes(data[:_HEAD])
    for name, begins in (
        ("lfs", head.startswith(b"version https://git-lfs")),
        ("zip", head.startswith((b"PK\x03\x04", b"PK\x05\x06"))),
        ("hdf5", head.startswith(b"\x89HDF\r\n\x1a\n")),
        ("numpy", head.startswith(b"\x93NUMPY")),
        ("gguf", head.startswith((b"GGUF", b"ggml", b"ggjt"))),
        ("tensorflow", head[4:8] == b"TFL3"),
        ("archive", head.startswith(_ARCHIVES) or head[257:262] == b"ustar"),
        ("pickle", _PICKLE.match(head) is not None),
        ("html", _HTML.match(head) is not None),
        ("onnx", _ONNX.match(head) is not None),
        ("index", head.lstrip()[:1] == b"{" and b'"weight_map"' in data[:1_000_000]),
        ("json", head.lstrip()[:1] in (b"{", b"[")),
    ):
        if begins:
            return _zip_format(head, bytes(data[-_TAIL:])) if name == "zip" else name
    return ""


def _zip_format(head: bytes, tail: bytes) -> str:
    """Return the format of a file that is a zip inside: its names stand at its start and at its end."""
    names = head + tail
    for name, marks in (
        ("exported", (b"archive_format", b"serialized_exported_program")),
        ("script", (b"/constants.pkl", b"/code/")),
        ("pickle", (b"/data.pkl",)),
        ("hdf5", (b"model.weights.h5",)),
        ("numpy", (b".npy",)),
        ("tensorflow", (b"saved_model.pb",)),
    ):
        if any(mark in names for mark in marks):
            return name
    return "archive"
