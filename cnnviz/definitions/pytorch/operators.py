"""Operators, comparisons, indices and assignments to names."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.pytorch.attributes import part_at
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import BATCH, IGNORED, NameScope, ReadInstance, TensorRef

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading

_TENSOR_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
}
_NUMBER_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
LARGEST_POWER = 64
_PLACE = re.compile(r"%[ds]|%%")


def binary(reading: Reading, sign: ast.operator, left: Any, right: Any, place: ast.AST) -> Any:
    """Return what an operator gives: for tensors a node of the network, for numbers and lists their own.

    Raises:
        SourceError: `source_operator`, `source_batch`, or a value beyond the limits.
    """
    if isinstance(left, TensorRef) or isinstance(right, TensorRef):
        name = _TENSOR_OPERATORS.get(type(sign))
        if name is None:
            raise SourceError("source_operator", place, what=type(sign).__name__)
        return tensor_arithmetic(reading, name, left, right, place)
    if left is BATCH or right is BATCH:
        raise SourceError("source_batch", place)
    if isinstance(left, str) and isinstance(sign, ast.Mod):
        return reading.limited(filled_text(left, right if isinstance(right, tuple) else (right,), place), place)
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    same = isinstance(sign, ast.Add) and any(isinstance(left, k) and isinstance(right, k) for k in (list, tuple, str))
    repeated = isinstance(sign, ast.Mult) and isinstance(left, list | tuple) and isinstance(right, int)
    if repeated:
        reading.limited([0] * min(5000, max(0, right) * len(left)), place)
    elif same:
        reading.count(place, len(left) + len(right))
    if isinstance(sign, ast.Pow) and numbers and abs(right) <= LARGEST_POWER and abs(left) <= 10**6:
        return _computed(reading, operator.pow, left, right, place)
    compute = _NUMBER_OPERATORS.get(type(sign))
    if compute is None or not (numbers or same or repeated):
        raise SourceError("source_operator", place, what=type(sign).__name__)
    return _computed(reading, compute, left, right, place)


def _computed(reading: Reading, compute: Callable[[Any, Any], Any], left: Any, right: Any, place: ast.AST) -> Any:
    try:
        value = compute(left, right)
    except (ArithmeticError, ValueError, TypeError) as error:
        raise SourceError("source_operator", place, what=type(error).__name__) from error
    if isinstance(value, complex):
        raise SourceError("source_operator", place, what="complex")
    return reading.limited(value, place)


def filled_text(text: str, values: tuple[Any, ...], place: ast.AST) -> str:
    """Return a text with a whole number or a text at each %d and %s.

    Raises:
        SourceError: `source_format` for any other mark or value.
    """
    marks = [mark for mark in _PLACE.findall(text) if mark != "%%"]
    plain = all(isinstance(value, int | str) and not isinstance(value, bool) for value in values)
    if "%" in _PLACE.sub("", text) or len(marks) != len(values) or not plain:
        raise SourceError("source_format", place)
    waiting = iter(values)
    return _PLACE.sub(lambda mark: "%" if mark[0] == "%%" else f"{_text_of(next(waiting))}", text)


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else str(int(value))


def tensor_arithmetic(reading: Reading, name: str, left: Any, right: Any, place: ast.AST) -> TensorRef:
    """Return the node of an operator of two tensors, or of one and a number.

    Raises:
        SourceError: `source_operator` for another kind of value.
    """
    if isinstance(left, TensorRef) and isinstance(right, TensorRef):
        return reading.writer.function(name, [left, right], {}, place)
    tensor, number = (left, right) if isinstance(left, TensorRef) else (right, left)
    if not isinstance(number, int | float) or isinstance(number, bool) or name == "matmul":
        from cnnviz.definitions.pytorch.reading import kind_of

        if number is IGNORED:
            raise SourceError("source_weight", place)
        raise SourceError("source_operand", place, what=kind_of(number))
    settings = {"other": number} | ({"swapped": True} if tensor is right else {})
    return reading.writer.function(name, [tensor], settings, place)


def holds(reading: Reading, test: ast.cmpop, left: Any, right: Any, place: ast.AST) -> bool:
    """Return whether a comparison holds.

    Raises:
        SourceError: `source_data` for numbers of a tensor, `source_batch` for the number of images.
    """
    if isinstance(test, ast.Is | ast.IsNot):
        same = left is right or (isinstance(left, bool | None) and left == right and type(left) is type(right))
        return same is isinstance(test, ast.Is)
    if isinstance(left, TensorRef) or isinstance(right, TensorRef):
        raise SourceError("source_data", place, what="if")
    if left is BATCH or right is BATCH:
        raise SourceError("source_batch", place)
    reading.small(left, place)
    reading.small(right, place)
    try:
        if isinstance(test, ast.In | ast.NotIn):
            inside = left in right if isinstance(right, str | dict) else left in reading.items(right, place)
            return inside is isinstance(test, ast.In)
        return bool(_COMPARISONS[type(test)](left, right))
    except TypeError as error:
        raise SourceError("source_operator", place, what=type(test).__name__) from error


def subscript(reading: Reading, owner: Any, index: Any, place: ast.AST) -> Any:
    """Return a part of a list, a table, a container or a tensor.

    Raises:
        SourceError: `source_index`.
    """
    if isinstance(owner, TensorRef):
        return _taken(reading, owner, index, place)
    try:
        if isinstance(owner, list | tuple | str) and isinstance(index, int | slice):
            return reading.limited(owner[index], place)
        if isinstance(owner, dict):
            return owner[reading.small(index, place)]
        found = part_at(owner, index)
    except (LookupError, TypeError, ValueError) as error:
        raise SourceError("source_index", place) from error
    if found is None:
        raise SourceError("source_index", place)
    return found


def _taken(reading: Reading, tensor: TensorRef, index: Any, place: ast.AST) -> TensorRef:
    parts: list[Any] = []
    for part in index if isinstance(index, tuple) else (index,):
        if isinstance(part, slice):
            parts.append((part.start, part.stop, part.step))
        elif part is ...:
            parts.append("...")
        elif part is None or (isinstance(part, int) and not isinstance(part, bool)):
            parts.append(part)
        elif isinstance(part, TensorRef):
            raise SourceError("source_data", place, what="[ ]")
        else:
            raise SourceError("source_index", place)
    return reading.writer.function("getitem", [tensor], {"index": tuple(parts)}, place)


def bind(reading: Reading, target: ast.expr, value: Any, scope: NameScope) -> None:
    """Give a value to a name, to several, to an attribute or to a place in a list.

    Raises:
        SourceError: `source_unpack`, or a target that nothing can be given to.
    """
    if isinstance(target, ast.Name):
        check_name(target.id, target)
        scope.names[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(reading, target, value, scope)
    elif isinstance(target, ast.Attribute):
        owner = reading.evaluate(target.value, scope)
        check_name(target.attr, target)
        if isinstance(owner, ReadInstance):
            owner.attributes[target.attr] = value
        elif owner is not IGNORED:
            raise SourceError("source_attribute", target, name=target.attr[:60])
    elif isinstance(target, ast.Subscript):
        from cnnviz.definitions.pytorch.evaluation import index_of

        owner, index = reading.evaluate(target.value, scope), index_of(reading, target.slice, scope)
        _put(owner, reading.small(index, target), value, target)
        reading.limited(owner if isinstance(owner, dict | list) else 0, target)
    else:
        raise SourceError("source_unpack", target)


def _put(owner: Any, index: Any, value: Any, target: ast.AST) -> None:
    from cnnviz.definitions.pytorch.source_values import ReadContainer

    try:
        if isinstance(owner, dict) or (isinstance(owner, list) and isinstance(index, int)):
            owner[index] = value
        elif isinstance(owner, ReadContainer):
            name = [*owner.parts][index] if isinstance(index, int) and owner.kind != "ModuleDict" else str(index)
            owner.parts[name] = value
        else:
            raise SourceError("source_index", target)
    except (IndexError, TypeError) as error:
        raise SourceError("source_index", target) from error


def _unpack(reading: Reading, target: ast.Tuple | ast.List, value: Any, scope: NameScope) -> None:
    values = reading.items(value, target)
    starred = [place for place, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
    if starred:
        before, after = starred[0], len(target.elts) - starred[0] - 1
        if len(values) < before + after:
            raise SourceError("source_unpack", target)
        middle = values[before : len(values) - after]
        values = [*values[:before], middle, *values[len(values) - after :]]
    if len(values) != len(target.elts):
        raise SourceError("source_unpack", target)
    for part, one in zip(target.elts, values, strict=True):
        bind(reading, part.value if isinstance(part, ast.Starred) else part, one, scope)


def check_name(name: str, place: ast.AST) -> None:
    """Raise for a name that belongs to Python itself.

    Raises:
        SourceError: `source_hidden_name`.
    """
    if name.startswith("__"):
        raise SourceError("source_hidden_name", place, name=name[:60])
