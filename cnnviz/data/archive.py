"""A reader's zip of image folders, `<class>/<image>`, looked through without unpacking anything to the disk."""

import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from cnnviz.data.upload import FORMATS
from cnnviz.errors import Refusal

MAX_BYTES = 10_000_000
"""Of the zip."""
MAX_ENTRIES = 5_000
MAX_UNPACKED = 200_000_000
"""Bytes of all files together, as the zip declares them; no file gives more than it declares."""
MAX_FILE = 10_000_000
MAX_RATIO = 200
"""Times that a file may grow when it is unpacked; pictures hardly shrink in a zip."""
SMALL = 100_000
"""Bytes below which a file may grow as it likes."""
MAX_CLASSES = 100
MIN_CLASSES = 2
LONGEST_NAME = 40
"""Letters of a class."""
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_LISTED = b"PK\x01\x02"
"""What every entry of a zip's directory begins with."""
CLUTTER = ("__macosx", "thumbs.db", "desktop.ini")
"""What systems leave in folders; passed over, as are names that begin with a dot."""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One file of the zip that should be an image."""

    path: str
    """As the zip has it."""
    class_name: str
    data: bytes


class ImageArchive:
    """The files of a zip in the order of their paths; nothing is unpacked before it is asked for.

    Raises:
        Refusal: `archive_…`, one sentence for whatever is wrong with the zip as a whole.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise Refusal("archive_bytes", megabytes=f"{len(data) / 1e6:.1f}", limit=MAX_BYTES // 1_000_000)
        listed = data.count(_LISTED)  # before any of it is read; a few may stand in pictures by chance
        if listed > 2 * MAX_ENTRIES:
            raise Refusal("archive_entries", count=listed, limit=MAX_ENTRIES)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except Exception as error:  # a parser fed with arbitrary bytes raises whatever it likes
            raise Refusal("archive_format") from error
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise Refusal("archive_entries", count=len(entries), limit=MAX_ENTRIES)
        found: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            path = _checked(entry)
            if path is None:
                continue
            if path in found:
                raise Refusal("archive_twice", path=path)
            found[path] = entry
        total = sum(entry.file_size for entry in found.values())
        if total > MAX_UNPACKED:
            raise Refusal("archive_unpacked", megabytes=f"{total / 1e6:.0f}", limit=MAX_UNPACKED // 1_000_000)
        self._files = [(path, name, found[path]) for path, name in _classes(sorted(found))]
        self.classes = tuple(sorted({name for _, name, _ in self._files}))
        if not MIN_CLASSES <= len(self.classes) <= MAX_CLASSES:
            raise Refusal("archive_classes", low=MIN_CLASSES, high=MAX_CLASSES, got=len(self.classes))

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[ImageFile]:
        """The files, unpacked one at a time.

        Raises:
            Refusal: `archive_damaged` where the zip does not hold what it declares.
        """
        for path, name, entry in self._files:
            try:
                with self._zip.open(entry) as file:
                    data = file.read(entry.file_size + 1)
            except Exception as error:
                raise Refusal("archive_damaged", path=path) from error
            if len(data) != entry.file_size:
                raise Refusal("archive_damaged", path=path)
            yield ImageFile(path, name, data)


def _checked(entry: zipfile.ZipInfo) -> str | None:
    """The path of an entry; None for folders and for what systems leave in them."""
    path = entry.filename.replace("\\", "/")
    parts = PurePosixPath(path).parts
    if path.startswith("/") or ".." in parts or (parts and ":" in parts[0]):
        raise Refusal("archive_path", path=path)
    if any(part.startswith(".") or part.lower() in CLUTTER for part in parts):
        return None
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refusal("archive_link", path=path)
    if path.endswith("/"):
        return None
    if entry.flag_bits & 0x1:
        raise Refusal("archive_encrypted", path=path)
    if entry.compress_type not in PACKED:
        raise Refusal("archive_packing", path=path)
    if path.lower().endswith(ARCHIVES):
        raise Refusal("archive_nested", path=path)
    if entry.file_size > MAX_FILE:
        raise Refusal("archive_file", path=path, megabytes=f"{entry.file_size / 1e6:.1f}", limit=MAX_FILE // 1_000_000)
    if entry.file_size > max(SMALL, MAX_RATIO * entry.compress_size):
        raise Refusal("archive_ratio", path=path, limit=MAX_RATIO)
    return "/".join(parts)


def _classes(paths: list[str]) -> Iterator[tuple[str, str]]:
    """Each path with its class: the folder around it, below whatever folder holds everything."""
    if not paths:
        raise Refusal("archive_empty", formats=", ".join(FORMATS))
    folders = [PurePosixPath(path).parent.parts for path in paths]
    around = 0
    while all(len(parts) > around + 1 for parts in folders) and len({parts[around] for parts in folders}) == 1:
        around += 1
    for path, parts in zip(paths, folders, strict=True):
        if len(parts) != around + 1:
            raise Refusal("archive_depth", path=path)
        name = parts[around]
        if len(name) > LONGEST_NAME or any(unicodedata.category(letter)[0] == "C" for letter in name):
            raise Refusal("archive_class", limit=LONGEST_NAME)
        yield path, name
