"""Statements of a text: each kind has a function here, and a kind without one is refused."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.pytorch import operators
from cnnviz.definitions.pytorch.known_classes import known_class
from cnnviz.definitions.pytorch.source_error import SourceError, written
from cnnviz.definitions.pytorch.source_values import (
    BuiltinName,
    DottedName,
    NameScope,
    ReadClass,
    ReadFunction,
    TensorRef,
)

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading

RETURN, BREAK, CONTINUE = "return", "break", "continue"


@dataclass(frozen=True, slots=True)
class Leaving:
    """The end of a block before its last statement."""

    kind: str
    value: Any = None


def execute(reading: Reading, statements: Sequence[ast.stmt], scope: NameScope) -> Leaving | None:
    """Run statements in order.

    Raises:
        SourceError: a statement that is no part of a structure.
    """
    for statement in statements:
        reading.count(statement)
        leaving = execute_one(reading, statement, scope)
        if leaving is not None:
            return leaving
    return None


def execute_one(reading: Reading, statement: ast.stmt, scope: NameScope) -> Leaving | None:
    """Run one statement.

    Raises:
        SourceError: as `execute`.
    """
    handler = _HANDLERS.get(type(statement))
    if handler is None:
        name = type(statement).__name__.removeprefix("Async").lower()
        raise SourceError("source_statement", statement, what=_WORDS.get(name, name))
    return handler(reading, statement, scope)


def _assign(reading: Reading, node: ast.Assign, scope: NameScope) -> None:
    value = reading.evaluate(node.value, scope)
    for target in node.targets:
        operators.bind(reading, target, value, scope)


def _annotated(reading: Reading, node: ast.AnnAssign, scope: NameScope) -> None:
    if node.value is not None:
        operators.bind(reading, node.target, reading.evaluate(node.value, scope), scope)


def _augmented(reading: Reading, node: ast.AugAssign, scope: NameScope) -> None:
    target = node.target
    loaded: Any = _loaded(target)
    old, value = reading.evaluate(loaded, scope), reading.evaluate(node.value, scope)
    if isinstance(old, TensorRef):  # in place: whoever holds the tensor sees it
        made = operators.binary(reading, node.op, old, value, node)
        old.index = made.index
        return
    if isinstance(old, list) and isinstance(value, list | tuple) and isinstance(node.op, ast.Add):
        old.extend(value)
        reading.limited(old, node)
        return
    operators.bind(reading, target, operators.binary(reading, node.op, old, value, node), scope)


def _loaded(target: ast.expr) -> ast.expr:
    """Return the target of an assignment as an expression."""
    kind: Any = type(target)
    fields = {name: value for name, value in ast.iter_fields(target) if name != "ctx"}
    return ast.copy_location(kind(**fields, ctx=ast.Load()), target)


def _expression(reading: Reading, node: ast.Expr, scope: NameScope) -> None:
    if not isinstance(node.value, ast.Constant):  # a docstring
        reading.last_expression = reading.evaluate(node.value, scope)


def _return(reading: Reading, node: ast.Return, scope: NameScope) -> Leaving:
    return Leaving(RETURN, None if node.value is None else reading.evaluate(node.value, scope))


def _if(reading: Reading, node: ast.If, scope: NameScope) -> Leaving | None:
    chosen = node.body if reading.truth(reading.evaluate(node.test, scope), node.test) else node.orelse
    return reading.execute(chosen, scope)


def _for(reading: Reading, node: ast.For, scope: NameScope) -> Leaving | None:
    for item in reading.items(reading.evaluate(node.iter, scope), node.iter):
        reading.count(node)
        operators.bind(reading, node.target, item, scope)
        leaving = reading.execute(node.body, scope)
        if leaving is not None and leaving.kind == BREAK:
            return None
        if leaving is not None and leaving.kind == RETURN:
            return leaving
    return reading.execute(node.orelse, scope)


def _function(reading: Reading, node: ast.FunctionDef, scope: NameScope) -> None:
    function = read_function(reading, node, scope)
    owner: Any = None
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and written(decorator.func).endswith("add_to_class") and decorator.args:
            owner = reading.evaluate(decorator.args[0], scope)
        elif isinstance(decorator, ast.Name) and decorator.id == "staticmethod":
            function.bound = False
        else:
            raise SourceError("source_decorator", decorator, name=written(decorator))
    if isinstance(owner, ReadClass):
        function.owner = owner
        owner.names[node.name] = function
    else:
        operators.check_name(node.name.removesuffix("__init__") or "init", node)
        scope.names[node.name] = function


def read_function(reading: Reading, node: ast.FunctionDef, scope: NameScope) -> ReadFunction:
    """Return a function with its defaults."""
    defaults = tuple(reading.evaluate(value, scope) for value in node.args.defaults)
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    more = {argument.arg: reading.evaluate(value, scope) for argument, value in named if value is not None}
    return ReadFunction(node.name, node, scope, defaults, more)


def _class(reading: Reading, node: ast.ClassDef, scope: NameScope) -> None:
    known = known_class(node)
    if known:
        scope.names[node.name] = DottedName(f"cnnviz.{known}")
        return
    if node.decorator_list:
        raise SourceError("source_decorator", node.decorator_list[0], name=written(node.decorator_list[0]))
    if node.keywords:
        raise SourceError("source_expression", node.keywords[0], what=f"{node.keywords[0].arg}=")
    bases = [reading.evaluate(base, scope) for base in node.bases]
    kept = tuple(base for base in bases if base != BuiltinName("object"))
    if not all(isinstance(base, ReadClass) or is_base(base) for base in kept):
        raise SourceError("source_base", node, name=written(node.bases[0]))
    operators.check_name(node.name, node)
    inner = NameScope(around=scope)
    cls = ReadClass(node.name, kept, inner.names, node)
    for statement in node.body:
        reading.count(statement)
        if isinstance(statement, ast.FunctionDef | ast.Assign | ast.AnnAssign | ast.Expr | ast.Pass):
            execute_one(reading, statement, inner)
        else:
            raise SourceError("source_statement", statement, what=type(statement).__name__.lower())
    for value in inner.names.values():
        if isinstance(value, ReadFunction) and value.around is inner:
            value.owner = cls
            value.around = scope  # the names of a class body are not those of its methods
    scope.names[node.name] = cls


def is_base(base: Any) -> bool:
    """Tell whether a name is one that a class of modules may derive from."""
    if not isinstance(base, DottedName):
        return False
    root, _, last = base.path.rpartition(".")
    return root == "torch.nn" or last in ("Module", "LightningModule", "Classifier")


def _import(_reading: Reading, node: ast.Import, scope: NameScope) -> None:
    for alias in node.names:
        path = _PATHS.get(alias.name, alias.name)
        if alias.asname:
            scope.names[alias.asname] = DottedName(path)
        else:
            scope.names[alias.name.split(".")[0]] = DottedName(alias.name.split(".")[0])


def _import_from(_reading: Reading, node: ast.ImportFrom, scope: NameScope) -> None:
    home = _PATHS.get(node.module or "", node.module or "")
    for alias in node.names:
        if alias.name == "*":
            continue
        path = f"{home}.{alias.name}"
        scope.names[alias.asname or alias.name] = DottedName(_PATHS.get(path, path))


def _assert(reading: Reading, node: ast.Assert, scope: NameScope) -> None:
    if not reading.truth(reading.evaluate(node.test, scope), node.test):
        raise SourceError("source_raises", node)


def _raise(_reading: Reading, node: ast.Raise, _scope: NameScope) -> None:
    raise SourceError("source_raises", node)


def _pass(_reading: Reading, _node: ast.stmt, _scope: NameScope) -> None:
    return None


def _delete(_reading: Reading, node: ast.Delete, scope: NameScope) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            scope.names.pop(target.id, None)


def _break(_reading: Reading, _node: ast.Break, _scope: NameScope) -> Leaving:
    return Leaving(BREAK)


def _continue(_reading: Reading, _node: ast.Continue, _scope: NameScope) -> Leaving:
    return Leaving(CONTINUE)


_PATHS = {"torch.nn.modules": "torch.nn", "torch.functional": "torch"}
"""Other names of the same modules."""
_WORDS = {"trystar": "try", "augassign": "=", "typealias": "type", "importfrom": "import"}
_HANDLERS: dict[type[ast.stmt], Callable[[Any, Any, NameScope], Leaving | None]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.Return: _return,
    ast.If: _if,
    ast.For: _for,
    ast.FunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Assert: _assert,
    ast.Raise: _raise,
    ast.Pass: _pass,
    ast.Delete: _delete,
    ast.Break: _break,
    ast.Continue: _continue,
}
