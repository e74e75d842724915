"""A user's zip of images, looked through without unpacking anything to the disk."""

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from types import MappingProxyType

from cnnviz.data import archive_labels
from cnnviz.data.archive_labels import LabelTable
from cnnviz.data.archive_layout import arrange
from cnnviz.data.archive_names import TITLES, decode_names
from cnnviz.data.decode_limits import FORMATS
from cnnviz.data.image_note import ImageNote
from cnnviz.errors import UserError

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
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
DOCUMENTS = (
    *(".txt", ".md", ".rst", ".log", ".pdf", ".htm", ".html", ".doc", ".docx", ".xls", ".xlsx", ".csv", ".tsv"),
    *(".json", ".jsonl", ".xml", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".py", ".ipynb"),
)
"""Endings of files that are surely no images and lie beside them all the same; left out, and said to be."""
_BARE_DOCUMENTS = ("readme", "license", "licence", "copying", "authors", "changelog")
_LISTED = b"PK\x01\x02"
"""What every entry of a zip's directory begins with."""
CLUTTER = ("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "$recycle.bin", "@eadir")
"""What systems leave in folders; passed over, as are names that begin with a dot."""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One file of the zip that should be an image."""

    path: str
    """As the zip has it."""
    class_name: str
    split: str
    """`splits.TRAIN` or `splits.TEST` where the owner made a split, else ""."""
    data: bytes


class ImageArchive:
    """The images of a zip, those of the owner's test split first; nothing is unpacked before it is asked for.

    Raises:
        UserError: `archive_…`, one sentence for whatever is wrong with the zip as a whole.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise UserError("archive_bytes", megabytes=f"{len(data) / 1e6:.1f}", limit=MAX_BYTES // 1_000_000)
        listed = data.count(_LISTED)  # before any of it is read; a few may stand in pictures by chance
        if listed > 2 * MAX_ENTRIES:
            raise UserError("archive_entries", count=listed, limit=MAX_ENTRIES)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except Exception as error:  # a parser fed with arbitrary bytes raises whatever it likes
            raise UserError("archive_format") from error
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise UserError("archive_entries", count=len(entries), limit=MAX_ENTRIES)
        names, encoding = decode_names(entries)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry, name in zip(entries, names, strict=True):
            path = _checked(entry, name)
            if path is None:
                continue
            if path in self._entries:
                raise UserError("archive_twice", path=path)
            self._entries[path] = entry
        total = sum(entry.file_size for entry in self._entries.values())
        if total > MAX_UNPACKED:
            raise UserError("archive_unpacked", megabytes=f"{total / 1e6:.0f}", limit=MAX_UNPACKED // 1_000_000)
        documents = [path for path in self._entries if _is_document(path)]
        images = [path for path in self._entries if not _is_document(path)]
        if not images:
            raise UserError("archive_empty", formats=[*FORMATS])
        layout = arrange(
            images, [path for path in documents if path.lower().endswith(archive_labels.ENDINGS)], self._table
        )
        self.classes = layout.classes
        self._places = layout.places
        unread = sorted(set(documents) - set(layout.tables))
        self.notes = tuple(self._own_notes(encoding, unread)) + layout.notes

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[ImageFile]:
        """Yield the images, unpacked one at a time.

        Raises:
            UserError: `archive_damaged` where the zip does not hold what it declares.
        """
        for place in self._places:
            yield ImageFile(place.path, place.class_name, place.split, self._unpack(place.path))

    def _unpack(self, path: str) -> bytes:
        entry = self._entries[path]
        try:
            with self._zip.open(entry) as file:
                data = file.read(entry.file_size + 1)
        except Exception as error:
            raise UserError("archive_damaged", path=path) from error
        if len(data) != entry.file_size:
            raise UserError("archive_damaged", path=path)
        return data

    def _table(self, path: str) -> LabelTable:
        return LabelTable.read(path, self._unpack(path))

    def _own_notes(self, encoding: str, unread: list[str]) -> Iterator[ImageNote]:
        if encoding:
            yield ImageNote("archive_encoding", MappingProxyType({"encoding": TITLES[encoding]}))
        if unread:
            yield ImageNote("archive_left_out", MappingProxyType({"count": f"{len(unread):,}", "path": unread[0]}))


def _is_document(path: str) -> bool:
    name = PurePosixPath(path).name.lower()
    return name.endswith(DOCUMENTS) or name in _BARE_DOCUMENTS


def _checked(entry: zipfile.ZipInfo, name: str) -> str | None:
    """Return the path of an entry; None for folders and for what systems leave in them."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or (parts and ":" in parts[0]):
        raise UserError("archive_path", path=name)
    if any(part.startswith(".") or part.lower() in CLUTTER for part in parts):
        return None
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UserError("archive_link", path=name)
    if name.endswith("/"):
        return None
    if entry.flag_bits & 0x1:
        raise UserError("archive_encrypted", path=name)
    if entry.compress_type not in PACKED:
        raise UserError("archive_packing", path=name)
    if name.lower().endswith(ARCHIVES):
        raise UserError("archive_nested", path=name)
    if entry.file_size > MAX_FILE:
        raise UserError(
            "archive_file", path=name, megabytes=f"{entry.file_size / 1e6:.1f}", limit=MAX_FILE // 1_000_000
        )
    if entry.file_size > max(SMALL, MAX_RATIO * entry.compress_size):
        raise UserError("archive_ratio", path=name, limit=MAX_RATIO)
    return "/".join(parts)
