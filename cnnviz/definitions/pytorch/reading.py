"""One reading of a text: its steps are counted, and every part of the interpreter asks the others through it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cnnviz.definitions.pytorch import attributes, calls, evaluation, execution
from cnnviz.definitions.pytorch.graph_writer import GraphWriter
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import (
    BATCH,
    IGNORED,
    TRAINING,
    Marker,
    NameScope,
    ReadContainer,
    SourceFloat,
    SourceInt,
    TensorRef,
    is_small,
)
from cnnviz.definitions.record import Shape
from cnnviz.definitions.setting_kinds import LARGEST_NUMBER

MOST_STEPS = 200_000
LONGEST_STRING = 200
LONGEST_LIST = 4096
DEEPEST_CALLS = 30


class Reading:
    """The state of one reading; nothing of it outlives the call."""

    def __init__(self, image: Shape | None) -> None:
        self.writer = GraphWriter(image)
        self.top = NameScope()
        self.steps = 0
        self.lines: list[int] = []
        """Of the calls of the text's own functions that are being read, the outermost first."""
        self.last_expression: Any = None

    def count(self, place: ast.AST, steps: int = 1) -> None:
        """Count steps.

        Raises:
            SourceError: `source_steps`.
        """
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise SourceError("source_steps", place, most=MOST_STEPS)

    def evaluate(self, node: ast.expr, scope: NameScope) -> Any:
        """Return the value of an expression."""
        self.count(node)
        return evaluation.evaluate(self, node, scope)

    def execute(self, statements: Sequence[ast.stmt], scope: NameScope) -> execution.Leaving | None:
        """Run statements; return how they are left early."""
        return execution.execute(self, statements, scope)

    def call(self, callee: Any, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST) -> Any:
        """Return what a call gives."""
        self.count(place)
        return calls.call(self, callee, args, kwargs, place)

    def attribute(self, owner: Any, name: str, place: ast.AST) -> Any:
        """Return an attribute."""
        return attributes.attribute(self, owner, name, place)

    def enter(self, name: str, place: ast.AST) -> None:
        """Begin a call of a function of the text.

        Raises:
            SourceError: `source_recursion`.
        """
        if len(self.lines) >= DEEPEST_CALLS:
            raise SourceError("source_recursion", place, name=name[:60])
        self.lines.append(place.lineno if isinstance(place, ast.Call) else 0)  # 0: no line of the text calls it

    def limited(self, value: Any, place: ast.AST) -> Any:
        """Return a value that is not larger than values may be.

        Raises:
            SourceError: `source_number`, `source_string` or `source_list`.
        """
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
                raise SourceError("source_number", place, got=f"{float(value):.4g}" if abs(value) < 1e300 else "…")
        elif isinstance(value, str) and len(value) > LONGEST_STRING:
            raise SourceError("source_string", place, most=LONGEST_STRING)
        elif isinstance(value, list | tuple | dict):
            if len(value) > LONGEST_LIST:
                raise SourceError("source_list", place, most=LONGEST_LIST)
            self.count(place, len(value))
        return value

    def small(self, value: Any, place: ast.AST) -> Any:
        """Return a value whose lists in lists are small altogether.

        Raises:
            SourceError: `source_list`.
        """
        if isinstance(value, list | tuple | dict):
            self.count(place, len(value))
            if not is_small(value):
                raise SourceError("source_list", place, most=LONGEST_LIST)
        return value

    def truth(self, value: Any, place: ast.AST) -> bool:
        """Return whether a condition holds.

        Raises:
            SourceError: `source_data` where the numbers of the image decide, `source_batch` where their number does.
        """
        if isinstance(value, TensorRef):
            raise SourceError("source_data", place, what="if")
        if value is BATCH:
            raise SourceError("source_batch", place)
        if value is TRAINING or value is IGNORED:
            return False
        if isinstance(value, ReadContainer):
            return bool(value.parts)
        return bool(value) if isinstance(value, int | float | str | list | tuple | dict | None) else True

    def items(self, value: Any, place: ast.AST) -> list[Any]:
        """Return what a loop goes over.

        Raises:
            SourceError: `source_loop`, or `source_data` for a tensor.
        """
        if isinstance(value, TensorRef):
            raise SourceError("source_data", place, what="for")
        if isinstance(value, range):
            if len(value) > LONGEST_LIST:
                raise SourceError("source_list", place, most=LONGEST_LIST)
            self.count(place, len(value))
            return list(value)
        if isinstance(value, list | tuple | dict):
            self.count(place, len(value))
            return list(value)
        found = attributes.iterated(value)
        if found is None:
            raise SourceError("source_loop", place, what=kind_of(value))
        return found


def kind_of(value: Any) -> str:
    """Return what a value is, in the names of Python and torch."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | SourceInt):
        return "int"
    if isinstance(value, float | SourceFloat):
        return "float"
    if isinstance(value, TensorRef):
        return "Tensor"
    if isinstance(value, Marker):
        return value.name
    named = getattr(value, "name", "") or getattr(value, "operation", "") or getattr(value, "kind", "")
    return str(named or getattr(value, "path", "") or type(value).__name__)[:60]


def pairs(values: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Return values that are all pairs; ValueError for others."""
    found = []
    for value in values:
        if not isinstance(value, tuple | list) or len(value) != 2:
            raise ValueError
        found.append((value[0], value[1]))
    return found
