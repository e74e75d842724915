"""Expressions of a text: each kind has a function here, and a kind without one is refused."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.pytorch import operators
from cnnviz.definitions.pytorch.comprehensions import comprehension, dict_comprehension, hashed
from cnnviz.definitions.pytorch.python_builtins import BUILTINS
from cnnviz.definitions.pytorch.source_error import SourceError, written
from cnnviz.definitions.pytorch.source_values import (
    IGNORED,
    BuiltinName,
    DottedName,
    NameScope,
    ReadClass,
    ReadFunction,
    SourceFloat,
    SourceInt,
    SuperValue,
    TensorRef,
    UnreadValue,
)

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading

SCRIPT_NAME = "__main__"
_ARGUMENTS_IGNORED = frozenset({"to", "cuda", "cpu", "apply", "load_state_dict", "register_forward_hook", "type"})
"""Methods whose arguments no structure depends on."""


def evaluate(reading: Reading, node: ast.expr, scope: NameScope) -> Any:
    """Return the value of an expression.

    Raises:
        SourceError: an expression that is no part of a structure, or that cannot be.
    """
    handler = _HANDLERS.get(type(node))
    if handler is None:
        raise SourceError("source_expression", node, what=_KINDS.get(type(node).__name__, type(node).__name__))
    return handler(reading, node, scope)


def _constant(reading: Reading, node: ast.Constant, _scope: NameScope) -> Any:
    value = node.value
    if value is None or isinstance(value, bool):
        return value
    if not isinstance(value, int | float | str):
        raise SourceError("source_expression", node, what=type(value).__name__)
    reading.limited(value, node)
    if isinstance(value, str):
        return value
    kept: Any = SourceInt(value) if isinstance(value, int) else SourceFloat(value)
    kept.origin = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
    return kept


def _name(_reading: Reading, node: ast.Name, scope: NameScope) -> Any:
    return look_up(node.id, node, scope)


def look_up(name: str, place: ast.AST, scope: NameScope) -> Any:
    """Return the value of a name.

    Raises:
        SourceError: `source_name`, or why its value could not be read.
    """
    try:
        value = scope.find(name)
    except KeyError:
        if name == "__name__":
            return SCRIPT_NAME
        if name in BUILTINS:
            return BuiltinName(name)
        raise SourceError("source_name", place, name=name[:60]) from None
    if isinstance(value, UnreadValue):
        raise value.error
    return value


def _attribute(reading: Reading, node: ast.Attribute, scope: NameScope) -> Any:
    return reading.attribute(reading.evaluate(node.value, scope), node.attr, node)


def _call(reading: Reading, node: ast.Call, scope: NameScope) -> Any:
    if isinstance(node.func, ast.Name) and node.func.id == "super":
        return _super(reading, node, scope)
    callee = reading.evaluate(node.func, scope)
    of_object = isinstance(node.func, ast.Attribute) and not isinstance(callee, DottedName)
    if of_object and node.func.attr in _ARGUMENTS_IGNORED:  # type: ignore[attr-defined]
        return reading.call(callee, [IGNORED], {}, node)
    if callee == BuiltinName("print") or callee is IGNORED or is_initialiser(callee):
        return IGNORED if callee != BuiltinName("print") else None
    if callee == BuiltinName("locals"):
        raise SourceError("source_expression", node, what="locals()")
    args: list[Any] = []
    for arg in node.args:
        if isinstance(arg, ast.Starred):
            args += reading.items(reading.evaluate(arg.value, scope), arg)
        else:
            args.append(reading.evaluate(arg, scope))
    reading.limited(args, node)
    kwargs: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg in ("device", "dtype", "generator"):
            continue
        value = reading.evaluate(keyword.value, scope)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        elif isinstance(value, dict) and all(isinstance(name, str) for name in value):
            kwargs |= value
        else:
            raise SourceError("source_expression", keyword, what="**")
    if getattr(callee, "name", "") == "save_hyperparameters":
        args = [{name: scope.names[name] for name in scope.parameters if name in scope.names}]
        kwargs = {}
    return reading.call(callee, args, kwargs, node)


def is_initialiser(callee: Any) -> bool:
    """Tell whether a name is one that sets initial weights or random numbers, which no structure depends on."""
    if not isinstance(callee, DottedName):
        return False
    return callee.path.startswith(
        ("torch.nn.init.", "torch.manual_seed", "torch.set_", "torch.cuda.", "torch.backends")
    )


def _super(reading: Reading, node: ast.Call, scope: NameScope) -> Any:
    if node.args:
        cls, instance = (reading.evaluate(arg, scope) for arg in node.args[:2]) if len(node.args) == 2 else (None, None)
    else:
        inner: NameScope | None = scope
        while inner is not None and (inner.function is None or inner.function.owner is None):
            inner = inner.around
        cls = inner.function.owner if inner is not None and inner.function is not None else None
        instance = inner.names.get(inner.parameters[0]) if inner is not None and inner.parameters else None
    from cnnviz.definitions.pytorch.source_values import ReadInstance

    if not isinstance(cls, ReadClass) or not isinstance(instance, ReadInstance):
        raise SourceError("source_expression", node, what="super")
    return SuperValue(instance, cls)


def _sequence(reading: Reading, node: ast.List | ast.Tuple, scope: NameScope) -> Any:
    found: list[Any] = []
    for part in node.elts:
        if isinstance(part, ast.Starred):
            found += reading.items(reading.evaluate(part.value, scope), part)
        else:
            found.append(reading.evaluate(part, scope))
    reading.limited(found, node)
    return found if isinstance(node, ast.List) else tuple(found)


def _dictionary(reading: Reading, node: ast.Dict, scope: NameScope) -> Any:
    found: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            more = reading.evaluate(value, scope)
            if not isinstance(more, dict):
                raise SourceError("source_expression", value, what="**")
            found |= more
            continue
        name = reading.evaluate(key, scope)
        if not isinstance(name, str | int | float | tuple):
            raise SourceError("source_expression", key, what="dict")
        found[hashed(reading, name, key)] = reading.evaluate(value, scope)
    return reading.limited(found, node)


def _choice(reading: Reading, node: ast.IfExp, scope: NameScope) -> Any:
    chosen = node.body if reading.truth(reading.evaluate(node.test, scope), node.test) else node.orelse
    return reading.evaluate(chosen, scope)


def _boolean(reading: Reading, node: ast.BoolOp, scope: NameScope) -> Any:
    value: Any = None
    for part in node.values:
        value = reading.evaluate(part, scope)
        if reading.truth(value, part) is not isinstance(node.op, ast.And):
            return value
    return value


def _joined(reading: Reading, node: ast.JoinedStr, scope: NameScope) -> str:
    """Read an f-string of plain numbers and words."""
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            if part.format_spec is not None or part.conversion != -1:
                raise SourceError("source_format", part)
            value = reading.evaluate(part.value, scope)
            if not isinstance(value, int | str) or isinstance(value, bool):
                raise SourceError("source_format", part)
            parts.append(str(value) if isinstance(value, str) else str(int(value)))
        else:
            parts.append(str(getattr(part, "value", "")))
        reading.limited("".join(parts), node)
    return "".join(parts)


def _lambda(reading: Reading, node: ast.Lambda, scope: NameScope) -> Any:
    defaults = tuple(reading.evaluate(value, scope) for value in node.args.defaults)
    return ReadFunction("lambda", node, scope, defaults, {})


def _subscript(reading: Reading, node: ast.Subscript, scope: NameScope) -> Any:
    owner = reading.evaluate(node.value, scope)
    if isinstance(owner, DottedName) and owner.path.split(".")[0] in ("typing", "collections"):
        return owner
    return operators.subscript(reading, owner, index_of(reading, node.slice, scope), node)


def index_of(reading: Reading, node: ast.expr, scope: NameScope) -> Any:
    """Return an index: a number, a text, a slice, or several of them."""
    if isinstance(node, ast.Slice):
        ends = [None if end is None else reading.evaluate(end, scope) for end in (node.lower, node.upper, node.step)]
        if not all(end is None or isinstance(end, int) for end in ends):
            raise SourceError("source_index", node)
        return slice(*ends)
    if isinstance(node, ast.Tuple):
        return tuple(index_of(reading, part, scope) for part in node.elts)
    if isinstance(node, ast.Constant) and node.value is Ellipsis:
        return ...
    return reading.evaluate(node, scope)


def _binary(reading: Reading, node: ast.BinOp, scope: NameScope) -> Any:
    left, right = reading.evaluate(node.left, scope), reading.evaluate(node.right, scope)
    return _placed(operators.binary(reading, node.op, left, right, node), node)


def _placed(value: Any, node: ast.expr) -> Any:
    """Return a whole number with the place of the expression that gives it."""
    if type(value) is not int:
        return value
    kept = SourceInt(value)
    kept.origin = (node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0)
    return kept


def _unary(reading: Reading, node: ast.UnaryOp, scope: NameScope) -> Any:
    value = reading.evaluate(node.operand, scope)
    if isinstance(node.op, ast.Not):
        return not reading.truth(value, node)
    if isinstance(value, TensorRef) and isinstance(node.op, ast.USub):
        return reading.writer.function("neg", [value], {}, node)
    sign = isinstance(node.op, ast.USub)
    if isinstance(value, int | float) and not isinstance(node.op, ast.Invert):
        return _placed(-int(value) if isinstance(value, int) else -value, node) if sign else value
    raise SourceError("source_operator", node, what=written(node.operand))


def _compare(reading: Reading, node: ast.Compare, scope: NameScope) -> Any:
    left = reading.evaluate(node.left, scope)
    for test, part in zip(node.ops, node.comparators, strict=True):
        right = reading.evaluate(part, scope)
        if not operators.holds(reading, test, left, right, node):
            return False
        left = right
    return True


_KINDS = {
    "NamedExpr": ":=",
    "Await": "await",
    "Yield": "yield",
    "YieldFrom": "yield from",
    "Set": "set",
    "SetComp": "set",
    "Starred": "*",
}
_HANDLERS: dict[type[ast.expr], Callable[[Any, Any, NameScope], Any]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Dict: _dictionary,
    ast.IfExp: _choice,
    ast.BoolOp: _boolean,
    ast.JoinedStr: _joined,
    ast.Lambda: _lambda,
    ast.ListComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.DictComp: dict_comprehension,
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
}
