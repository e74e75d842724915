"""Pack a trace for the diagram: its rows and blocks as plain lists, repeated blocks under one fold."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cnnviz.figures.layer_words import family, kind_description, kind_key, kind_name
from cnnviz.text import Text, load
from cnnviz.trace.record import LayerRecord, ReceptiveField, Trace

LETTERS = {
    "conv": "C",
    "norm": "N",
    "activation": "A",
    "pool": "P",
    "linear": "L",
    "join": "+",
    "dropout": "D",
    "reshape": "F",
    "other": "O",
}
SYMBOLS = {"add": "+", "cat": "∥", "mul": "×", "sub": "−"}
_REPEATS = 3
"""From so many equal neighbours on, they fold into one."""
_WORDS = (
    "tree",
    "image",
    "block",
    "layers_inside",
    "inputs",
    "shape",
    "params",
    "macs",
    "memory",
    "field",
    "hint",
    "hint_layer",
    "hint_block",
    "unfold_all",
    "fold_all",
    "smaller",
    "larger",
    "fit",
)


@dataclass(eq=False)
class _Block:
    path: str
    label: str
    parent: "_Block | None"
    times: int = 1
    rows: list[LayerRecord] = field(default_factory=list)
    blocks: list["_Block"] = field(default_factory=list)

    @property
    def structure(self) -> tuple[str, ...]:
        """Kinds of its rows, by their place in the block."""
        return tuple(f"{row.name[len(self.path) :]} {row.kind}" for row in self.rows)

    @property
    def form(self) -> tuple[Any, ...]:
        """Key that equal blocks share; inside a block their widths may grow, as a dense block's do."""
        size = sum(row.num_params for row in self.rows)
        return (self.structure, *(() if self.parent else (size, self.rows[-1].shape)))


def diagram_facts(trace: Trace, language: str, selected: str | None = None) -> dict[str, Any]:
    """Return rows, blocks, kinds and words for the browser, in JSON's own types."""
    t, kinds = load("diagram", language), load("kinds", language)
    blocks = _blocks(trace)
    place = {id(block): index for index, block in enumerate(blocks)}
    rows = {row.name: index for index, row in enumerate(trace.layers)}
    home = {row.name: block for block in blocks for row in block.rows}  # the innermost comes last
    facts: dict[str, Any] = {
        "language": language,
        "rows": [
            {
                "name": row.name,
                "label": row.name.removeprefix(f"{row.block}."),
                "kind": kind_key(row),
                "family": family(row.kind),
                "letter": SYMBOLS.get(row.kind, LETTERS[family(row.kind)]),
                "symbol": SYMBOLS.get(row.kind),
                "block": place[id(home[row.name])] if row.name in home else -1,
                "inputs": [rows.get(name, -1) for name in row.inputs],
                "shape": list(row.shape),
                "params": row.num_params,
                "macs": row.macs,
                "bytes": row.activation_bytes,
                "field": field_text(row.receptive_field, t),
            }
            for row in trace.layers
        ],
        "blocks": [
            {
                "path": block.path,
                "label": block.label,
                "times": block.times,
                "parent": place[id(block.parent)] if block.parent else -1,
                "layers": len(block.rows),
                "shape": list(block.rows[-1].shape),
                "params": sum(row.num_params for row in block.rows),
                "macs": sum(row.macs for row in block.rows),
                "bytes": block.rows[-1].activation_bytes,
                "field": field_text(block.rows[-1].receptive_field, t),
            }
            for block in blocks
        ],
        "kinds": {
            kind_key(row): {"name": kind_name(row, kinds), "what": kind_description(row, kinds)} for row in trace.layers
        },
        "families": {name: kinds(f"family.{name}") for name in LETTERS},
        "words": {word: t(word) for word in _WORDS}
        | {"input": t("input", shape="×".join(map(str, trace.input_shape)))},
    }
    facts["identity"] = _digest([list(rows), [block.path for block in blocks]])
    facts["version"] = _digest(facts)
    facts["selected"] = selected
    return facts


def field_text(seen: ReceptiveField, t: Text) -> str:
    """Return the receptive field as height × width in pixels, or in words where it is no window."""
    if seen.size is not None:
        return f"{seen.size[0]}×{seen.size[1]}"
    return t("field_global") if seen.extent == "global" else t("field_unknown", reason=seen.reason)


def _blocks(trace: Trace) -> list[_Block]:
    """Return every block, outer ones first, with all the rows inside; runs of equal ones in a block of their own."""
    found: dict[str, _Block] = {}
    for row in trace.layers:
        around: _Block | None = None
        parts = row.block.split(".") if row.block else []
        for depth, label in enumerate(parts, start=1):
            path = ".".join(parts[:depth])
            if path not in found:
                found[path] = _Block(path, label, around)
                if around:
                    around.blocks.append(found[path])
            around = found[path]
            around.rows.append(row)
    ordered: list[_Block] = []
    place = {row.name: index for index, row in enumerate(trace.layers)}
    _outline([block for block in found.values() if block.parent is None], ordered, place)
    return ordered


def _outline(siblings: list[_Block], ordered: list[_Block], place: dict[str, int]) -> None:
    for run in _runs(siblings, place):
        if len(run) >= _REPEATS:
            first, last = run[0], run[-1]
            fold = _Block(
                f"{first.path}…{last.label}",
                f"{first.label}…{last.label}",
                first.parent,
                len(run),
                [row for block in run for row in block.rows],
                list(run),
            )
            ordered.append(fold)
            for block in run:
                block.parent = fold
        for block in run:
            ordered.append(block)
            _outline(block.blocks, ordered, place)


def _runs(siblings: list[_Block], place: dict[str, int]) -> list[list[_Block]]:
    """Group neighbours of one form that have nothing between them."""
    runs: list[list[_Block]] = []
    for block in siblings:
        before = runs[-1][-1] if runs else None
        if before and before.form == block.form and place[block.rows[0].name] == place[before.rows[-1].name] + 1:
            runs[-1].append(block)
        else:
            runs.append([block])
    return runs


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
