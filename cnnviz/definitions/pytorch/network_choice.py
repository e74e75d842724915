"""The network of a text: which of its names it is, and the image that it is written for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.pytorch import execution
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import (
    ReadClass,
    ReadFunction,
    ReadModule,
    UnreadValue,
    is_module,
)
from cnnviz.errors import UserError

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading

PREFERRED = ("net", "model")
_TENSORS = frozenset({"rand", "randn", "zeros", "ones", "empty", "layer_summary", "summary"})


def run_text(reading: Reading, tree: ast.Module) -> None:
    """Run a text; what cannot be read and is no part of the network costs only the names that it would have given."""
    _run_leniently(reading, tree.body)


def _run_leniently(reading: Reading, statements: list[ast.stmt]) -> None:
    for statement in statements:
        reading.count(statement)
        if isinstance(statement, ast.If) and _is_script_test(statement.test):
            _run_leniently(reading, statement.body)
            continue
        before = reading.steps
        try:
            execution.execute_one(reading, statement, reading.top)
        except SourceError as error:
            if error.key in ("source_steps", "source_list"):
                raise
            reading.count(statement, reading.steps - before)
            for name in _names_given(statement):
                reading.top.names[name] = UnreadValue(error)


def _is_script_test(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _names_given(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement gives values to."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield node.name
            if node is statement:
                return


def chosen_network(reading: Reading) -> tuple[ReadModule, str]:
    """Return the network and its title: `net`, `model`, the last module with a name, or the last class.

    Raises:
        SourceError: why it could not be read.
        UserError: `source_no_network` where there is none.
    """
    names = reading.top.names
    for name in PREFERRED:
        value = names.get(name)
        if isinstance(value, UnreadValue):
            raise value.error
        if is_module(value):
            return value, _title(value, name)  # type: ignore[return-value]
    for name, value in reversed(names.items()):
        if is_module(value):
            return value, _title(value, name)
    if is_module(reading.last_expression):
        return reading.last_expression, ""
    classes = [value for value in names.values() if isinstance(value, ReadClass) and value.order[1:]]
    if classes:
        free = [cls for cls in classes if not _missing(_constructor(cls), skip=1)]
        return _made(reading, (free or classes)[-1])
    functions = [value for value in names.values() if isinstance(value, ReadFunction) and not _missing(value)]
    for function in reversed(functions):
        value = reading.call(function, [], {}, function.node)
        if is_module(value):
            return value, function.name
    for value in names.values():
        if isinstance(value, UnreadValue):
            raise value.error
    raise UserError("source_no_network")


def _made(reading: Reading, cls: ReadClass) -> tuple[ReadModule, str]:
    missing = _missing(_constructor(cls), skip=1)
    if missing:
        raise SourceError("source_needs_call", cls.node, name=cls.name[:60], arguments=missing)
    return reading.call(cls, [], {}, cls.node), cls.name


def _title(value: Any, name: str) -> str:
    cls = getattr(value, "cls", None)
    return cls.name if isinstance(cls, ReadClass) else name


def _constructor(cls: ReadClass) -> ReadFunction | None:
    for one in cls.order:
        if isinstance(one, ReadClass) and isinstance(one.names.get("__init__"), ReadFunction):
            return one.names["__init__"]
    return None


def _missing(function: ReadFunction | None, skip: int = 0) -> list[str]:
    """Return the parameters that have no default."""
    if function is None:
        return []
    spec = function.node.args
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    required = names[: len(names) - len(function.defaults)][skip:]
    return required + [one.arg for one in spec.kwonlyargs if one.arg not in function.keyword_defaults]


def image_in_text(tree: ast.Module) -> tuple[int, int, int] | None:
    """Return (C, H, W) of the first random or empty minibatch that a text makes to try its network with."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in _TENSORS:
            continue
        size = [keyword.value for keyword in node.keywords if keyword.arg in ("size", "input_size")]
        for values in (node.args, *(getattr(one, "elts", []) for one in (*node.args, *size))):
            sizes: list[Any] = [value.value for value in values if isinstance(value, ast.Constant)]
            whole = len(sizes) == len(values) and all(type(one) is int and 0 < one <= 4096 for one in sizes)
            if whole and len(sizes) == 4 and max(sizes[2:]) <= 1024:
                return sizes[1], sizes[2], sizes[3]
            if whole and len(sizes) == 3 and name == "summary" and max(sizes[1:]) <= 1024:
                return sizes[0], sizes[1], sizes[2]
    return None
