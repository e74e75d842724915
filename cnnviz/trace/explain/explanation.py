"""The explanation of one output value: terms that add up to it, its formula, and where each was read."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnviz.text import Text, load

Index = tuple[int, ...]
"""(channel, row, column), or (feature,) once flattened."""
Grid = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class SentenceKey:
    """A key of `text/explain.toml` and the values of its sentence."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def describe(self, text: Text) -> str:
        """Return the sentence in the language of `text`."""
        return text(self.key, **self.values)


@dataclass(frozen=True, slots=True)
class SourceCell:
    """One value of another row: following it leads one layer back; `row` is "input" at the image."""

    row: str
    index: Index

    def to_json(self) -> dict[str, Any]:
        """Return `{"row", "index"}`."""
        return {"row": self.row, "index": list(self.index)}


@dataclass(frozen=True, slots=True)
class InputWindow:
    """The values that a window read in one input channel, (kh, kw) each."""

    row: str
    """The row that it was read from."""
    cells: tuple[tuple[Index | None, ...], ...]
    """The place of each value there, None where the padding puts a zero or −∞."""
    padded: tuple[tuple[bool, ...], ...]
    """Whether the tap lies outside the map (a mirrored or repeated value has a cell all the same)."""
    values: Grid
    weights: Grid | None = None
    products: Grid | None = None
    winner: tuple[int, int] | None = None
    """Of max pooling: the tap that won, as (row, column) of the window."""

    def sources(self) -> Iterator[SourceCell]:
        """Return the cells that were read, in reading order."""
        for line in self.cells:
            yield from (SourceCell(self.row, index) for index in line if index is not None)

    def to_json(self) -> dict[str, Any]:
        """Return the same names, `cells` as indices or null."""
        return {
            "row": self.row,
            "cells": [[index and list(index) for index in line] for line in self.cells],
            "padded": [list(line) for line in self.padded],
            "values": _grid(self.values),
            "weights": _grid(self.weights),
            "products": _grid(self.products),
            "winner": self.winner and list(self.winner),
        }


@dataclass(frozen=True, slots=True)
class Summand:
    """One summand of the value: a channel's window, one weighted input, or one arm of a sum."""

    label: SentenceKey
    value: float
    cell: SourceCell | None = None
    operand: float | None = None
    """What was read, where it is one number."""
    weight: float | None = None
    """What it was multiplied with."""
    window: InputWindow | None = None

    def sources(self) -> Iterator[SourceCell]:
        """Return the cells that the term was made from."""
        if self.cell is not None:
            yield self.cell
        if self.window is not None:
            yield from self.window.sources()

    def to_json(self, text: Text) -> dict[str, Any]:
        """Return the same names, the label in words."""
        return {
            "label": self.label.describe(text),
            "value": _number(self.value),
            "operand": _number(self.operand),
            "weight": _number(self.weight),
            "cell": self.cell and self.cell.to_json(),
            "window": self.window and self.window.to_json(),
        }


@dataclass(frozen=True, slots=True)
class FormulaFact:
    """One number of the formula, with its symbol: μ, σ², γ, the divisor of a mean."""

    symbol: str
    label: SentenceKey
    value: float
    cell: SourceCell | None = None

    def to_json(self, text: Text) -> dict[str, Any]:
        """Return the same names, the label in words."""
        return {
            "symbol": self.symbol,
            "label": self.label.describe(text),
            "value": _number(self.value),
            "cell": self.cell and self.cell.to_json(),
        }


@dataclass(frozen=True, slots=True)
class OmittedTerms:
    """The terms that are left out: how many there are, and their exact sum."""

    count: int
    value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """One value of one row: terms, rest and bias add up to `total`, which is `value` up to rounding."""

    name: str
    kind: str
    index: Index
    value: float
    """As the network computed it, in its own precision."""
    how: SentenceKey
    terms: tuple[Summand, ...]
    formula: str
    """With the numbers put in."""
    bias: float | None = None
    rest: OmittedTerms | None = None
    facts: tuple[FormulaFact, ...] = ()
    notes: tuple[SentenceKey, ...] = ()

    @property
    def total(self) -> float:
        """The sum in float64 of everything shown."""
        rest = self.rest.value if self.rest else 0.0
        return math.fsum((*(term.value for term in self.terms), rest, self.bias or 0.0))

    @property
    def sources(self) -> tuple[SourceCell, ...]:
        """Every cell shown, once each: where the path leads on."""
        cells = [cell for term in self.terms for cell in term.sources()]
        cells += [fact.cell for fact in self.facts if fact.cell is not None]
        return tuple(dict.fromkeys(cells))

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return plain lists, numbers and sentences of `language`; a number that is none (−∞) is null."""
        text = load("explain", language)
        rest = self.rest and {
            "count": self.rest.count,
            "value": _number(self.rest.value),
            "label": text("term.rest", count=self.rest.count),
        }
        return {
            "name": self.name,
            "kind": self.kind,
            "index": list(self.index),
            "value": _number(self.value),
            "total": _number(self.total),
            "how": self.how.describe(text),
            "formula": self.formula,
            "terms": [term.to_json(text) for term in self.terms],
            "rest": rest,
            "bias": _number(self.bias),
            "facts": [fact.to_json(text) for fact in self.facts],
            "notes": [note.describe(text) for note in self.notes],
            "sources": [cell.to_json() for cell in self.sources],
        }


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _grid(grid: Grid | None) -> list[list[float | None]] | None:
    return None if grid is None else [[_number(value) for value in line] for line in grid]
