"""The place where a network breaks, the arithmetic of it, and the smallest edits that make it run, each tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cnnviz.definitions.advice import Advice, advise
from cnnviz.definitions.checks import check_definition, check_image_shape
from cnnviz.definitions.edit_candidates import CandidateEdit, candidate_edits
from cnnviz.definitions.record import NetworkDefinition, Shape
from cnnviz.definitions.shape_clash import ShapeClash
from cnnviz.definitions.shape_pass import Shapes, filled_definition, infer_shapes
from cnnviz.definitions.tried_edits import runs_after
from cnnviz.errors import UserError

MOST_FIXES = 6
MOST_AT_ONE = 2
"""Fixes of one break at one node."""
MOST_TRIES = 300
"""Edits that are tried for one break."""
MOST_FOUND = 24
"""Edits that mend a break, among which the likeliest are chosen."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One edit that makes the network run: it was tried."""

    key: str
    """Of its sentence in `text/definitions.toml`."""
    index: int
    """The position of the first node that it changes, in the network that breaks."""
    setting: str
    before: Any
    after: Any
    definition: NetworkDefinition
    """The whole network after it."""
    count: int = 1
    """Nodes that it changes."""
    line: int | None = None
    """The line of the text that it changes."""
    source: str | None = None
    """The text after it, which was read again; None for a network that comes from no text."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A network on images of one shape: what runs of it, where it breaks, what would mend it, what to mind."""

    definition: NetworkDefinition
    """With open numbers of channels filled in, as far as shapes are known."""
    shapes: Shapes
    """Up to the break."""
    reached: NetworkDefinition | None
    """The nodes before the break, a network of their own; None where the first node breaks."""
    lines: tuple[int, ...]
    """The lines of the text to look at: of the node that breaks and of the calls that made it, the innermost first."""
    fixes: tuple[Fix, ...]
    advice: tuple[Advice, ...]

    @property
    def broken(self) -> int | None:
        """The position of the node that cannot read its input; None for a network that runs."""
        return self.shapes.broken

    @property
    def clash(self) -> ShapeClash | None:
        """Why it cannot; its `arithmetic` shows both sides."""
        return self.shapes.clash


def diagnose(
    definition: NetworkDefinition, input_shape: Shape | None = None, *, groups: Mapping[Any, Any] | None = None
) -> Diagnosis:
    """Return what runs of a network, where it breaks and which edits mend it.

    `groups` names the settings that stand for one number of a text, by (position, setting): they change together.

    >>> from cnnviz.definitions import parse_pytorch
    >>> net = parse_pytorch("net = nn.Sequential(nn.Conv2d(1, 32, 3), nn.Flatten(), nn.Linear(1050, 10))", (1, 9, 9))
    >>> found = diagnose(net)
    >>> found.clash.arithmetic, [(fix.setting, fix.before, fix.after) for fix in found.fixes][0]
    ('32·7·7 = 1568 ≠ 1050', ('in_features', 1050, 1568))

    Raises:
        UserError: `definition_no_image`, or a definition that is none.
    """
    definition = check_definition(definition)
    image = input_shape or definition.input_shape
    if image is None:
        raise UserError("definition_no_image")
    image = check_image_shape(image)
    shapes = infer_shapes(definition, image)
    definition = replace(filled_definition(definition, shapes), input_shape=image)
    broken = shapes.broken
    if broken is None:
        return Diagnosis(definition, shapes, definition, (), (), advise(definition, shapes))
    reached = replace(definition, nodes=definition.nodes[:broken], output=None, keys=()) if broken else None
    line = definition.nodes[broken].line
    return Diagnosis(
        definition,
        shapes,
        reached,
        () if line is None else (line,),
        mended(definition, shapes, groups or {}),
        advise(reached, shapes) if reached is not None else (),
    )


def mended(definition: NetworkDefinition, shapes: Shapes, groups: Mapping[Any, Any]) -> tuple[Fix, ...]:
    """Return the edits that make a network run, the smallest first."""
    found: list[tuple[tuple[int, int], Fix]] = []
    seen: set[NetworkDefinition] = set()
    for tries, edit in enumerate(candidate_edits(definition, shapes, groups)):
        if tries >= MOST_TRIES or len(found) >= MOST_FOUND:
            break
        fix = tried(definition, shapes, edit)
        if fix is not None and fix.definition not in seen:
            seen.add(fix.definition)
            found.append(((_strangeness(definition, shapes, fix), tries), fix))
    at: Counter[int] = Counter()
    kept = []
    for _, fix in sorted(found, key=lambda item: item[0]):
        at[fix.index] += 1
        if at[fix.index] <= MOST_AT_ONE:
            kept.append(fix)
    return tuple(kept[:MOST_FIXES])


def _strangeness(definition: NetworkDefinition, shapes: Shapes, fix: Fix) -> int:
    """Return how unlikely an edit is to be the one that was meant: 0 for a number that the input itself tells."""
    if fix.index == shapes.broken:
        return 0
    node = definition.nodes[fix.index]
    kernel = node.setting("kernel_size")
    if fix.setting == "padding":
        return 1 if isinstance(kernel, int) and fix.after == (kernel - 1) // 2 else 3
    if fix.setting == "kernel_size":
        return 2 if isinstance(fix.after, int) and fix.after % 2 else 4
    return 1 if fix.setting in ("out_channels", "out_features") else 3


def tried(definition: NetworkDefinition, shapes: Shapes, edit: CandidateEdit) -> Fix | None:
    """Return an edit as a fix if the network runs with it."""
    after = runs_after(definition, shapes, edit)
    if after is None:
        return None
    inserted = len(after.nodes) > len(definition.nodes)
    pairs = zip(definition.nodes, after.nodes, strict=False)
    changed = 1 if inserted else max(1, sum(one != other for one, other in pairs))
    line = definition.nodes[edit.index].line
    return Fix(edit.key, edit.index, edit.setting, edit.before, edit.after, after, changed, line)
