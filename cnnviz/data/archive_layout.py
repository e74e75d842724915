"""The layout of a zip of images: class folders, the user's split above or below them, or a table of labels."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from cnnviz.data.archive_labels import LabelTable
from cnnviz.data.archive_names import fold
from cnnviz.data.image_note import ImageNote
from cnnviz.data.splits import TEST, TRAIN, VALIDATION, parse_split
from cnnviz.errors import UserError

Parts = tuple[str, ...]
"""A path by its names."""

MAX_CLASSES = 100
MIN_CLASSES = 2
LONGEST_NAME = 40
"""Letters of a class."""


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """One image file: its path in the zip, its class, and the part of the owner's split that it is in."""

    path: str
    class_name: str
    split: str = ""
    """`TRAIN`, `VALIDATION` or `TEST`; "" where the owner made no split."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The images that make a set, in the order of their paths, those for testing first."""

    classes: tuple[str, ...]
    places: tuple[LabelledFile, ...]
    """With `TRAIN` or `TEST` as their split, or without any."""
    tables: tuple[str, ...]
    """The tables of labels that were read."""
    notes: tuple[ImageNote, ...]
    """What the owner should know of how the zip was read."""


class LabelTables:
    """The zip's tables of names and labels, read when folders tell no classes."""

    def __init__(self, paths: Sequence[str], read: Callable[[str], LabelTable]) -> None:
        self._paths, self._read = sorted(paths), read
        self.read: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self._paths)

    def labels(self) -> tuple[LabelTable, ...]:
        """Return the one table there is, the one called labels, or one for each part of a split.

        Raises:
            UserError: `archive_tables` where it is not clear which to read, and as `LabelTable.read`.
        """
        chosen = self._paths
        if len(chosen) > 1:
            parts = [path for path in chosen if parse_split(PurePosixPath(path).stem)]
            called = [path for path in chosen if "label" in PurePosixPath(path).stem.casefold()]
            chosen = called if len(called) == 1 else parts
            if not chosen:
                raise UserError("archive_tables", names=[*self._paths])
        self.read = tuple(chosen)
        return tuple(self._read(path) for path in chosen)


def arrange(paths: Sequence[str], tables: Sequence[str], read: Callable[[str], LabelTable]) -> Layout:
    """Return the layout of the image files `paths`; `read` gives a table of names and labels of the zip.

    Raises:
        UserError: `archive_…` where neither folders nor tables tell the classes.
    """
    beside = LabelTables(tables, read)
    places, notes = _places(sorted(paths), beside)
    places, joined = _join_spellings(places)
    places, kept = _keep_split(places)
    classes = tuple(sorted({place.class_name for place in places}))
    if not MIN_CLASSES <= len(classes) <= MAX_CLASSES:
        raise UserError("archive_classes", low=MIN_CLASSES, high=MAX_CLASSES, got=len(classes))
    places = sorted(places, key=lambda place: place.split != TEST)
    return Layout(classes, tuple(places), beside.read, (*notes, *joined, *kept))


def _places(paths: list[str], tables: LabelTables) -> tuple[list[LabelledFile], list[ImageNote]]:
    """Return the places, with the classes as the folders or the tables spell them."""
    parts = [tuple(path.split("/")) for path in paths]
    inner = _without_wrapper(parts)
    folders = {one[0] for one in inner if len(one) > 1}
    if all(len(one) > 1 for one in inner) and len(folders) > 1 and all(parse_split(name) for name in folders):
        return _below_splits(paths, inner, tables)
    if all(len(one) == 1 for one in inner):
        if tables:
            return _by_tables(paths, [""] * len(paths), tables)
        if len(parts[0]) > 1:  # one folder around everything
            raise UserError("archive_classes", low=MIN_CLASSES, high=MAX_CLASSES, got=1)
        raise UserError("archive_flat", path=paths[0])
    if all(len(one) == 3 and parse_split(one[1]) for one in inner):
        return [LabelledFile(path, one[0], parse_split(one[1])) for path, one in zip(paths, inner, strict=True)], []
    _check_depth(paths, inner, 2)
    return [LabelledFile(path, one[0]) for path, one in zip(paths, inner, strict=True)], []


def _below_splits(
    paths: list[str], inner: list[Parts], tables: LabelTables
) -> tuple[list[LabelledFile], list[ImageNote]]:
    """Return the places where the outermost folders are the owner's split."""
    rest = dict(zip(paths, inner, strict=True))
    for name in {one[0] for one in inner}:
        members = [path for path in paths if rest[path][0] == name]
        stripped = _without_wrapper([rest[path][1:] for path in members], least=2)
        rest |= {path: (name, *one) for path, one in zip(members, stripped, strict=True)}
    shown = [rest[path] for path in paths]
    splits = [parse_split(one[0]) for one in shown]
    flat = next((path for path in paths if len(rest[path]) == 2), None)
    if flat is not None and tables and all(len(one) == 2 for one in shown):
        return _by_tables(paths, splits, tables)
    if flat is not None:
        raise UserError("archive_split_flat", path=flat, folder=rest[flat][0])
    _check_depth(paths, shown, 3)
    return [LabelledFile(path, rest[path][1], split) for path, split in zip(paths, splits, strict=True)], []


def _without_wrapper(parts: list[Parts], least: int = 1) -> list[Parts]:
    """Return the paths without the folders that hold everything; `least` names of each are kept."""
    while all(len(one) > least for one in parts) and len({one[0] for one in parts}) == 1:
        parts = [one[1:] for one in parts]
    return parts


def _check_depth(paths: list[str], inner: list[Parts], expected: int) -> None:
    """Raise unless all paths have as many parts as expected; the one that is named is of the fewest."""
    depths = Counter(len(one) for one in inner)
    usual, count = max(depths.items(), key=lambda item: (item[1], item[0] == expected))
    example = next(path for path, one in zip(paths, inner, strict=True) if len(one) == usual)
    if count < len(paths):
        odd = next(path for path, one in zip(paths, inner, strict=True) if len(one) != usual)
        raise UserError("archive_depth", path=odd, example=example)
    if usual != expected:
        raise UserError("archive_deep", path=example)


def _by_tables(paths: list[str], splits: list[str], tables: LabelTables) -> tuple[list[LabelledFile], list[ImageNote]]:
    """Return the places of the images that the tables name."""
    places: dict[str, LabelledFile] = {}
    notes: list[ImageNote] = []
    folders = dict(zip(paths, splits, strict=True))
    labels = tables.labels()
    for table in labels:
        rows, absent = table.look_up(paths)
        for path, (class_name, split) in rows.items():
            part = folders[path] or split or (parse_split(table.stem) if len(labels) > 1 else "")
            place = places.setdefault(path, LabelledFile(path, class_name, part))
            if place.class_name != class_name:
                raise UserError(
                    "archive_table_twice", table=table.path, path=path, one=place.class_name, other=class_name
                )
        notes.append(_note("table", table=table.path, count=f"{len(rows):,}"))
        if absent:
            notes.append(_note("table_absent", table=table.path, count=f"{absent:,}"))
    if len(places) < len(paths):
        notes.append(_note("unlabelled", count=f"{len(paths) - len(places):,}"))
    return [places[path] for path in paths if path in places], notes


def _join_spellings(places: list[LabelledFile]) -> tuple[list[LabelledFile], list[ImageNote]]:
    """Return the places with one spelling of every class, the most frequent one."""
    spellings: dict[str, Counter[str]] = {}
    for place in places:
        spellings.setdefault(fold(place.class_name), Counter())[place.class_name] += 1
    chosen = {}
    notes = []
    for key, counts in sorted(spellings.items()):
        usual = max(counts, key=lambda name: (counts[name], name == name.strip(), name))
        chosen[key] = " ".join(unicodedata.normalize("NFC", usual).split())
        _check_name(chosen[key])
        if len(counts) > 1:
            notes.append(_note("joined", count=len(counts), name=chosen[key]))
    return [replace(place, class_name=chosen[fold(place.class_name)]) for place in places], notes


def _check_name(name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME or any(unicodedata.category(letter)[0] == "C" for letter in name):
        raise UserError("archive_class", limit=LONGEST_NAME)


def _keep_split(places: list[LabelledFile]) -> tuple[list[LabelledFile], list[ImageNote]]:
    """Return the places for training and testing; validation images test where no others do, else they are left out."""
    counts = Counter(place.split for place in places)
    if set(counts) == {""}:
        return places, []
    if "" in counts:
        raise UserError("archive_split_mixed", path=next(place.path for place in places if not place.split))
    held_out = TEST if TEST in counts else VALIDATION
    if TRAIN not in counts or held_out not in counts:
        raise UserError("archive_no_training" if TRAIN not in counts else "archive_no_test")
    kept = [
        replace(place, split=TRAIN if place.split == TRAIN else TEST)
        for place in places
        if place.split in (TRAIN, held_out)
    ]
    for name in sorted({place.class_name for place in kept}):
        found = {place.split for place in kept if place.class_name == name}
        if len(found) == 1:
            raise UserError("own_class_no_test" if TRAIN in found else "own_class_no_training", name=name)
    note = _note(
        "split_validation" if held_out == VALIDATION else "split",
        train=f"{counts[TRAIN]:,}",
        test=f"{counts[held_out]:,}",
    )
    unused = counts[VALIDATION] if held_out == TEST else 0
    return kept, [note, _note("validation_unused", count=f"{unused:,}")] if unused else [note]


def _note(key: str, **values: Any) -> ImageNote:
    return ImageNote(f"archive_{key}", MappingProxyType(values))
