"""A table of image names and labels beside the images of a zip: `labels.csv`, `train.csv`, `labels.tsv`."""

import csv
import io
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from cnnviz.data.archive_names import fold, guess_encoding
from cnnviz.data.splits import parse_split
from cnnviz.errors import UserError

ENDINGS = (".csv", ".tsv")
MAX_BYTES = 2_000_000
_DELIMITERS = ",;\t|"
_LABEL_HEADERS = {
    *("label", "labels", "class", "classes", "classid", "classname", "category", "target", "y", "species", "breed"),
    *("type", "标签", "类别", "分类", "类", "標籤", "類別", "分類", "種類"),
}
_SPLIT_HEADERS = {"split", "subset", "set", "phase", "partition", "usage", "划分", "用途", "数据集", "劃分", "資料集"}


@dataclass(frozen=True, slots=True)
class LabelTable:
    """One table of a zip, parsed but not yet compared with the images."""

    path: str
    """As the zip has it."""
    rows: tuple[tuple[str, ...], ...]
    """Of stripped cells, a header among them where there is one."""

    @property
    def stem(self) -> str:
        """The file's name without its folder and ending."""
        return PurePosixPath(self.path).stem

    @classmethod
    def read(cls, path: str, data: bytes) -> "LabelTable":
        """Return the table in the bytes of a file.

        Raises:
            UserError: `archive_table_format`.
        """
        if len(data) > MAX_BYTES:
            raise UserError("archive_table_format", table=path)
        text = _decoded(data)
        first = text.split("\n", 1)[0]
        delimiter = max(_DELIMITERS, key=first.count)
        try:
            rows = tuple(
                tuple(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)
            )
        except csv.Error as error:
            raise UserError("archive_table_format", table=path) from error
        return cls(path, tuple(row for row in rows if any(row)))

    def look_up(self, paths: Sequence[str]) -> tuple[dict[str, tuple[str, str]], int]:
        """Return the label and the part of the split, "" without one, of every image that is named, and how many rows
        name an image that is not there.

        Raises:
            UserError: `archive_table_…` where columns or names do not fit the images.
        """
        known = _by_name(paths)
        width = min((len(row) for row in self.rows), default=0)
        if width < 2:
            raise UserError("archive_table_columns", table=self.path, columns=[*(self.rows[0] if self.rows else ())])
        named = max(range(width), key=lambda column: sum(bool(_find(row[column], known)) for row in self.rows))
        if not any(_find(row[named], known) for row in self.rows):
            raise UserError("archive_table_names", table=self.path, name=self.rows[-1][named])
        head = self.rows[0] if not _find(self.rows[0][named], known) else ()
        label = self._label_column(head, width, named)
        split = next((column for column, name in enumerate(head) if _header(name) in _SPLIT_HEADERS), None)
        found: dict[str, tuple[str, str]] = {}
        absent = 0
        for row in self.rows[1 if head else 0 :]:
            there = _find(row[named], known)
            if len(there) > 1:
                raise UserError(
                    "archive_table_ambiguous", table=self.path, name=row[named], one=there[0], other=there[1]
                )
            if not there:
                absent += 1
            elif row[label]:
                value = (row[label], parse_split(row[split]) if split is not None and split < len(row) else "")
                before = found.setdefault(there[0], value)
                if fold(before[0]) != fold(value[0]):
                    raise UserError(
                        "archive_table_twice", table=self.path, path=there[0], one=before[0], other=value[0]
                    )
        return found, absent

    def _label_column(self, head: Sequence[str], width: int, named: int) -> int:
        """Return the column of the labels: the one that is called so, or the only one there is beside the names."""
        called = [column for column, name in enumerate(head) if _header(name) in _LABEL_HEADERS and column < width]
        others = [column for column in range(width) if column != named]
        if head and len(others) > 1:  # an index has no name, and a split is no label
            others = [column for column in others if head[column] and _header(head[column]) not in _SPLIT_HEADERS]
        columns = called or others
        if len(columns) != 1:
            raise UserError("archive_table_columns", table=self.path, columns=[*(head or self.rows[0])])
        return columns[0]


def _decoded(data: bytes) -> str:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
    elif data.startswith(b"\xef\xbb\xbf") or data.isascii():
        text = data.decode("utf-8-sig", "replace")
    else:
        text = data.decode(guess_encoding(line for line in data.splitlines() if not line.isascii()), "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _by_name(paths: Sequence[str]) -> dict[str, list[str]]:
    """Return the images by everything that a table may call them: with or without folders and ending."""
    known: dict[str, list[str]] = {}
    for path in paths:
        for name in _names(path):
            known.setdefault(name, []).append(path)
    return known


def _find(name: str, known: Mapping[str, list[str]]) -> list[str]:
    """Return the images that a table may mean by `name`, whose first folders may be those of another machine."""
    key = _key(name)
    while key not in known and "/" in key:
        key = key.partition("/")[2]
    return known.get(key, [])


def _names(path: str) -> Iterator[str]:
    parts = path.split("/")
    for start in range(len(parts)):
        whole = _key("/".join(parts[start:]))
        stem = _key(str(PurePosixPath(*parts[start:]).with_suffix("")))
        yield from {whole, stem}


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip().replace("\\", "/").removeprefix("./")).casefold()


def _header(name: str) -> str:
    return fold(name).replace("_", "").replace(" ", "").replace("-", "")
