"""Layers and containers of torch: made from their arguments, and called on tensors."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.pytorch.graph_writer import origins_of, plain_settings, settings_at
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import (
    IGNORED,
    BoundFunction,
    DottedName,
    ReadClass,
    ReadContainer,
    ReadFunction,
    ReadInstance,
    ReadLayer,
    TensorRef,
    children,
    is_module,
)
from cnnviz.definitions.table import LAYER_NAMES, OPERATION_TABLE

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading

_LAZY = {f"Lazy{name}": name for name in LAYER_NAMES if OPERATION_TABLE[name].reads and name != "GroupNorm"}
_OF_TORCH = [name for name in LAYER_NAMES if not name.startswith(("Mean", "Variance"))]
TORCH_LAYERS: dict[str, str] = {name: name for name in _OF_TORCH} | _LAZY
"""The operation of the table for each class of torch.nn."""
_SILENT = frozenset({"inplace", "device", "dtype"})


def make_layer(
    reading: Reading, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> ReadLayer:
    """Return a layer of the table.

    Raises:
        SourceError: settings that it does not have or that cannot be.
    """
    operation = TORCH_LAYERS.get(name, name)
    entry = OPERATION_TABLE[operation]
    names = list(entry.setting_names)
    if name in _LAZY:
        names.remove(entry.reads)
    rest = list(args)
    in_place = kwargs.get("inplace") is True
    if len(rest) == len(names) + 1 and isinstance(rest[-1], bool) and entry.count is None:
        in_place = rest.pop()
    if len(rest) > len(names):
        raise SourceError("source_too_many", place, name=f"nn.{name}")
    settings = dict(zip(names, rest, strict=False))
    settings |= {key: value for key, value in kwargs.items() if key not in _SILENT}
    if operation in ("Softmax", "LogSoftmax") and settings.get("dim") is None:
        settings["dim"] = 1
    if operation == "Flatten" and not args and not settings:
        settings = {}
    if IGNORED in settings.values():
        settings = {key: value for key, value in settings.items() if value is not IGNORED}
    if name not in _LAZY and entry.reads and settings.get(entry.reads) is None and entry.reads not in settings:
        raise SourceError("source_setting_missing", place, layer=f"nn.{name}", name=entry.reads)
    checked = dict(settings_at(operation, plain_settings(settings, place), place))
    line = getattr(place, "lineno", 1)
    return ReadLayer(operation, checked, line, in_place, origins_of(settings), (*filter(None, reading.lines), line))


def make_container(
    reading: Reading, kind: str, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> ReadContainer:
    """Return a `Sequential`, a `ModuleList` or a `ModuleDict`.

    Raises:
        SourceError: `source_not_a_module`.
    """
    container = ReadContainer(kind)
    fill_container(reading, container, args, kwargs, place)
    return container


def fill_container(
    reading: Reading, container: ReadContainer, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> None:
    """Add the arguments of a container's constructor to it.

    Raises:
        SourceError: `source_not_a_module`.
    """
    if container.kind == "Sequential" and not (len(args) == 1 and isinstance(args[0], dict)):
        parts: Any = list(args)
    else:
        parts = args[0] if args else kwargs.get("modules", [])
    named: Any = parts.items() if isinstance(parts, dict) else None
    if named is None and container.kind == "ModuleDict":
        pairs = reading.items(parts, place)
        if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
            raise SourceError("source_not_a_module", place, what=container.kind)
        named = pairs
    if named is not None:
        for name, part in named:
            add_part(container, str(name), part, place)
        return
    for part in reading.items(parts, place):
        check_module(part, place)
        container.append(part)
        reading.limited(container.parts, place)


def add_part(container: ReadContainer, name: str, part: Any, place: ast.AST) -> None:
    """Add a part by its name.

    Raises:
        SourceError: `source_not_a_module`.
    """
    check_module(part, place)
    container.parts[name] = part


def check_module(part: Any, place: ast.AST) -> None:
    """Raise for a part of a container that is no module.

    Raises:
        SourceError: `source_not_a_module`.
    """
    if not is_module(part):
        if isinstance(part, DottedName | ReadClass):
            name = part.path if isinstance(part, DottedName) else part.name
            raise SourceError("source_class_not_called", place, name=name[:60])
        raise SourceError("source_not_a_module", place, what=type(part).__name__ if part is not None else "None")


def call_module(
    reading: Reading, module: Any, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> Any:  # fmt: skip
    """Return what a module gives for tensors.

    Raises:
        SourceError: as whatever it holds, or `source_no_forward`.
    """
    if isinstance(module, ReadInstance):
        forward = own_forward(module)
        if forward is not None:
            return _inside(reading, module, forward, args, kwargs, place)
        if module.base is not None:
            return call_base(reading, module, args, place)
        inner = children(module).get("net")
        if inner is not None:  # as the course's own classes do
            return _inside(reading, module, inner, args, kwargs, place)
        raise SourceError("source_no_forward", place, name=module.cls.name[:60])
    if isinstance(module, ReadLayer):
        return reading.writer.layer(module, _one_tensor(args, kwargs, module.operation, place), place)
    if module.kind != "Sequential":
        raise SourceError("source_no_forward", place, name=f"nn.{module.kind}")
    return _inside(reading, module, None, args, kwargs, place)


def own_forward(module: ReadInstance) -> BoundFunction | None:
    """Return the forward method that the text writes; None where a base class has it."""
    for cls in module.cls.order:
        if isinstance(cls, ReadClass) and isinstance(cls.names.get("forward"), ReadFunction):
            return BoundFunction(cls.names["forward"], module)
    return None


def call_base(reading: Reading, module: ReadInstance, args: Sequence[Any], place: ast.AST) -> Any:
    """Return what the layer or the container gives that a module's class derives from."""
    if isinstance(module.base, ReadLayer):
        return reading.writer.layer(module.base, _one_tensor(args, {}, module.cls.name, place), place)
    return _chained(reading, module, list(children(module).values()), args, place)


def _inside(
    reading: Reading, module: Any, call: Any, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> Any:
    reading.writer.modules.append(module)
    try:
        if call is not None:
            return reading.call(call, args, kwargs, place)
        return _chained(reading, module, list(children(module).values()), args, place)
    finally:
        reading.writer.modules.pop()


def _chained(reading: Reading, module: Any, parts: list[Any], args: Sequence[Any], place: ast.AST) -> Any:
    reading.enter("Sequential", place)
    try:
        value: Any = _one_tensor(args, {}, "nn.Sequential", place)
        for part in parts:
            value = reading.call(part, [value], {}, place)
        return value
    finally:
        reading.lines.pop()


def _one_tensor(args: Sequence[Any], kwargs: Mapping[str, Any], name: str, place: ast.AST) -> TensorRef:
    values = [*args, *kwargs.values()]
    if len(values) != 1 or not isinstance(values[0], TensorRef):
        raise SourceError("source_tensor", place, name=name[:60])
    return values[0]
