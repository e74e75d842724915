"""A pasted text that breaks: the same diagnosis, with edits of the text itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from cnnviz.definitions.diagnosis import MOST_FIXES, Diagnosis, Fix, diagnose
from cnnviz.definitions.edit_candidates import WINDOW_SETTINGS, candidate_edits
from cnnviz.definitions.pytorch.reader import ReadNetwork, read_pytorch
from cnnviz.definitions.pytorch.source_values import Origin
from cnnviz.definitions.record import Shape
from cnnviz.definitions.shape_pass import infer_shapes
from cnnviz.errors import UserError

MOST_READINGS = 20
"""Texts that are read again for one break."""


def diagnose_source(source: str, input_shape: Shape | None = None) -> tuple[ReadNetwork, Diagnosis]:
    """Return the network of a text and what is to say of it; each fix holds the edited text, which was read and runs.

    Raises:
        UserError: as `read_pytorch`, or as `diagnose`.
    """
    read = read_pytorch(source, input_shape)
    groups = {place: origin for place, origin in read.origins.items()}
    found = diagnose(read.definition, input_shape, groups=groups)
    if found.broken is None:
        return read, found
    chain = read.lines[found.broken]
    lines = tuple(dict.fromkeys((*found.lines, *reversed(chain))))
    return read, replace(found, lines=lines, fixes=tuple(_of_text(read, found)))


def _of_text(read: ReadNetwork, found: Diagnosis) -> Iterator[Fix]:
    """Yield the fixes that can be made in the text: the numbers that mended the list of nodes, then others near."""
    image = found.definition.input_shape
    tried: set[Any] = set()
    count = 0
    wanted = [((fix.index, fix.setting), fix.before, fix.after) for fix in found.fixes]
    groups = dict(read.origins)
    for number, (place, before, after) in enumerate(chain(wanted, _others(found, groups))):
        if number >= len(wanted) and place[1] in WINDOW_SETTINGS:  # tried on the list of nodes, where all of it shows
            continue
        if isinstance(before, tuple) and isinstance(after, tuple):
            place, after = one_part(place, before, after)
        origin = read.origins.get(place)
        if origin is None or (origin, after) in tried or not isinstance(after, int):
            continue
        if count >= MOST_FIXES or len(tried) >= MOST_READINGS:
            break
        tried.add((origin, after))
        text = replaced(read.source, origin, str(after))
        try:
            again = read_pytorch(text, image)
        except UserError:
            continue
        if image is None or infer_shapes(again.definition, image).clash is not None:
            continue
        count += 1
        changed = sum(one != other for one, other in zip(found.definition.nodes, again.definition.nodes, strict=False))
        index, setting = place
        yield Fix("fix.setting", index, setting, before, after, again.definition, max(1, changed), origin[0], text)


def _others(found: Diagnosis, groups: Mapping[tuple[int, str], Any]) -> Iterator[tuple[tuple[int, str], Any, Any]]:
    """Yield every edit that may mend the break; in a text, what follows from a number changes with it."""
    for edit in candidate_edits(found.definition, found.shapes, groups):
        yield (edit.index, edit.setting), edit.before, edit.after


def one_part(place: tuple[int, str], before: Any, after: Any) -> tuple[tuple[int, str], Any]:
    """Return the part of a tuple that differs, as the place of its number and the new one."""
    parts = [(at, new) for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new]
    if len(parts) != 1 or len(before) != len(after):
        return place, None
    at, new = parts[0]
    return (place[0], f"{place[1]}[{at}]"), new


def replaced(source: str, origin: Origin, text: str) -> str:
    """Return a text with another literal at one place; columns count the bytes of UTF-8, as `ast` does."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first, start, last, end = origin
    before = lines[first - 1].encode()[:start].decode()
    after = lines[last - 1].encode()[end:].decode()
    lines[first - 1 : last] = [f"{before}{text}{after}"]
    return "\n".join(lines)
