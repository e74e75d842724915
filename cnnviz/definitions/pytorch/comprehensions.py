"""Comprehensions: loops inside an expression."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.pytorch import operators
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import NameScope

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading


def hashed(reading: Reading, name: Any, place: ast.AST) -> Any:
    """Return the key of a table.

    Raises:
        SourceError: `source_expression`.
    """
    try:
        hash(reading.small(name, place))
    except TypeError as error:
        raise SourceError("source_expression", place, what="dict") from error
    return name


def comprehension(reading: Reading, node: ast.ListComp | ast.GeneratorExp, scope: NameScope) -> Any:
    """Return the list of a comprehension or generator."""
    found: list[Any] = []

    def keep(inner: NameScope) -> None:
        found.append(reading.evaluate(node.elt, inner))

    _loop(reading, node.generators, 0, NameScope(around=scope), keep)
    return reading.limited(found, node)


def dict_comprehension(reading: Reading, node: ast.DictComp, scope: NameScope) -> Any:
    """Return the table of a comprehension."""
    found: dict[Any, Any] = {}

    def keep(inner: NameScope) -> None:
        key = hashed(reading, reading.evaluate(node.key, inner), node.key)
        found[key] = reading.evaluate(node.value, inner)

    _loop(reading, node.generators, 0, NameScope(around=scope), keep)
    return reading.limited(found, node)


def _loop(
    reading: Reading,
    generators: list[ast.comprehension],
    depth: int,
    scope: NameScope,
    keep: Callable[[NameScope], None],
) -> None:
    if depth == len(generators):
        keep(scope)
        return
    generator = generators[depth]
    if generator.is_async:
        raise SourceError("source_expression", generator.target, what="async")
    for item in reading.items(reading.evaluate(generator.iter, scope), generator.iter):
        reading.count(generator.target)
        operators.bind(reading, generator.target, item, scope)
        if all(reading.truth(reading.evaluate(test, scope), test) for test in generator.ifs):
            _loop(reading, generators, depth + 1, scope, keep)
