"""Calls: of the text's own functions and classes, of layers and containers, of torch's names."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.pytorch import execution
from cnnviz.definitions.pytorch.layer_calls import TORCH_LAYERS, call_module, make_container, make_layer
from cnnviz.definitions.pytorch.module_methods import call_module_method, call_value_method
from cnnviz.definitions.pytorch.python_builtins import call_builtin, call_library
from cnnviz.definitions.pytorch.source_error import SourceError, written
from cnnviz.definitions.pytorch.source_values import (
    IGNORED,
    BoundFunction,
    BoundName,
    BuiltinName,
    DottedName,
    NameScope,
    PartialCall,
    ReadClass,
    ReadContainer,
    ReadFunction,
    ReadInstance,
    ReadLayer,
    SuperValue,
    TensorRef,
)
from cnnviz.definitions.pytorch.tensor_methods import call_function, call_method, operation_called
from cnnviz.definitions.table import LAYER_NAMES

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading

CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")


def call(reading: Reading, callee: Any, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST) -> Any:
    """Return what a call gives.

    Raises:
        SourceError: something that cannot be called, or that is no part of a structure.
    """
    match callee:
        case ReadFunction():
            return call_read_function(reading, callee, args, kwargs, place)
        case BoundFunction():
            return call_read_function(reading, callee.function, [callee.first, *args], kwargs, place)
        case ReadClass():
            return make_instance(reading, callee, args, kwargs, place)
        case ReadLayer() | ReadContainer() | ReadInstance():
            return call_module(reading, callee, args, kwargs, place)
        case BuiltinName():
            return call_builtin(reading, callee.name, args, kwargs, place)
        case PartialCall():
            return call(reading, callee.callee, [*callee.args, *args], {**callee.kwargs, **kwargs}, place)
        case DottedName():
            return _call_name(reading, callee.path, args, kwargs, place)
        case BoundName():
            return _call_bound(reading, callee, args, kwargs, place)
    if callee is IGNORED:
        return IGNORED
    raise SourceError("source_call", place, what=written(place.func) if isinstance(place, ast.Call) else "…")


def _call_bound(
    reading: Reading, callee: BoundName, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> Any:
    if isinstance(callee.owner, TensorRef):
        return call_method(reading, callee.owner, callee.name, args, kwargs, place)
    if isinstance(callee.owner, ReadLayer | ReadContainer | ReadInstance | SuperValue):
        return call_module_method(reading, callee.owner, callee.name, args, kwargs, place)
    return call_value_method(reading, callee.owner, callee.name, args, kwargs, place)


def _call_name(reading: Reading, path: str, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST) -> Any:
    """Return what a function or class of torch gives, found by its path in the tables."""
    root, _, last = path.rpartition(".")
    if root == "torch.nn":
        if last in TORCH_LAYERS:
            return make_layer(reading, last, args, kwargs, place)
        if last in CONTAINERS:
            return make_container(reading, last, args, kwargs, place)
        if last in ("Parameter", "parameter", "Buffer"):
            return IGNORED
        raise SourceError("source_layer", place, name=f"nn.{last}"[:60])
    if root == "cnnviz" and last in LAYER_NAMES:
        return make_layer(reading, last, args, kwargs, place)
    if root == "torch.nn.functional" or (root == "torch" and (operation_called(last) or last in ("max", "min"))):
        if operation_called(last) is None and last not in ("max", "min"):
            raise SourceError("source_layer", place, name=f"F.{last}"[:60])
        return call_function(reading, last, args, kwargs, place)
    if root == "torch.Tensor" and args and isinstance(args[0], TensorRef):
        return call_method(reading, args[0], last, args[1:], kwargs, place)
    if path in ("torch.zeros", "torch.ones", "torch.empty", "torch.randn", "torch.rand", "torch.tensor"):
        return IGNORED
    if path in ("torch.device", "torch.Size"):
        return IGNORED
    found = call_library(reading, path, args, kwargs, place)
    if found is not None:
        return found
    known = path.split(".")[0] in ("torch", "math", "collections", "functools", "typing")
    raise SourceError("source_not_structure" if known else "source_import", place, name=path[:80])


def call_read_function(
    reading: Reading, function: ReadFunction, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> Any:
    """Return what a function of the text gives.

    Raises:
        SourceError: arguments that it does not take, or whatever it holds that cannot be read.
    """
    scope = NameScope(around=function.around, function=function)
    bind_arguments(function, args, kwargs, scope, place)
    reading.enter(function.name, place)
    try:
        if isinstance(function.node, ast.Lambda):
            return reading.evaluate(function.node.body, scope)
        leaving = reading.execute(function.node.body, scope)
    finally:
        reading.lines.pop()
    return leaving.value if leaving is not None and leaving.kind == execution.RETURN else None


def bind_arguments(
    function: ReadFunction, args: Sequence[Any], kwargs: Mapping[str, Any], scope: NameScope, place: ast.AST
) -> None:
    """Give the parameters of a function their values.

    Raises:
        SourceError: `source_too_many`, `source_unknown_argument` or `source_missing_argument`.
    """
    spec = function.node.args
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    scope.parameters = (*names, *(argument.arg for argument in spec.kwonlyargs))
    values = dict(zip(names[len(names) - len(function.defaults) :], function.defaults, strict=True))
    values |= function.keyword_defaults
    if len(args) > len(names) and spec.vararg is None:
        raise SourceError("source_too_many", place, name=function.name[:60])
    values |= dict(zip(names, args, strict=False))
    if spec.vararg is not None:
        values[spec.vararg.arg] = tuple(args[len(names) :])
    more = {}
    for name, value in kwargs.items():
        if name in scope.parameters:
            values[name] = value
        elif spec.kwarg is not None:
            more[name] = value
        else:
            raise SourceError("source_unknown_argument", place, name=function.name[:60], argument=name[:60])
    if spec.kwarg is not None:
        values[spec.kwarg.arg] = more
    missing = [name for name in scope.parameters if name not in values]
    if missing:
        raise SourceError("source_missing_argument", place, name=function.name[:60], arguments=missing)
    scope.names.update(values)


def make_instance(
    reading: Reading, cls: ReadClass, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> ReadInstance:
    """Return an object of a class of the text.

    Raises:
        SourceError: as `call_read_function`.
    """
    instance = ReadInstance(cls)
    for one in cls.order:
        if isinstance(one, ReadClass) and isinstance(one.names.get("__init__"), ReadFunction):
            call_read_function(reading, one.names["__init__"], [instance, *args], kwargs, place)
            break
    else:
        call_module_method(reading, SuperValue(instance, cls), "__init__", args, kwargs, place)
    return instance
