"""Attributes of the values of a reading: looked up in tables, never on an object of Python."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.pytorch.python_builtins import CONSTANTS
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import (
    BATCH,
    IGNORED,
    TRAINING,
    BoundFunction,
    BoundName,
    DottedName,
    ReadClass,
    ReadContainer,
    ReadFunction,
    ReadInstance,
    ReadLayer,
    SuperValue,
    TensorRef,
    UnreadValue,
    children,
    is_module,
)
from cnnviz.definitions.pytorch.tensor_methods import TENSOR_METHODS
from cnnviz.definitions.table import OPERATION_TABLE

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading

LIST_METHODS = frozenset({"append", "extend", "insert", "pop", "index", "copy"})
DICT_METHODS = frozenset({"items", "keys", "values", "get", "update", "pop"})
TEXT_METHODS = frozenset({"format", "lower", "upper", "startswith", "endswith", "split"})
MODULE_METHODS = frozenset(
    {
        *("add_module", "register_module", "append", "extend", "insert", "items", "keys", "values", "get_submodule"),
        *("children", "named_children", "modules", "named_modules", "parameters", "named_parameters", "buffers"),
        *("eval", "train", "to", "cuda", "cpu", "apply", "requires_grad_", "float", "double", "half", "type"),
        *("load_state_dict", "state_dict", "zero_grad", "save_hyperparameters", "register_forward_hook", "forward"),
        *("__init__", "register_buffer", "register_parameter", "layer_summary"),
    }
)
_WEIGHTS = frozenset({"weight", "bias", "running_mean", "running_var"})


def attribute(reading: Reading, owner: Any, name: str, place: ast.AST) -> Any:
    """Return an attribute of a value of the text.

    Raises:
        SourceError: `source_attribute`, `source_hidden_name`, or why it could not be read.
    """
    if name.startswith("__") and not (name == "__init__" and isinstance(owner, SuperValue | ReadClass | DottedName)):
        raise SourceError("source_hidden_name", place, name=name[:60])
    found = _found(reading, owner, name, place)
    if isinstance(found, UnreadValue):
        raise found.error
    if found is None:
        raise SourceError("source_attribute", place, name=name[:60])
    return found.value


class FoundValue:
    """A value that was found, None among them."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _found(reading: Reading, owner: Any, name: str, place: ast.AST) -> FoundValue | UnreadValue | None:
    match owner:
        case TensorRef():
            return _of_tensor(reading, owner, name, place)
        case DottedName():
            whole = owner.of(name)
            return FoundValue(CONSTANTS.get(whole.path, whole))
        case ReadInstance():
            return _of_instance(owner, name)
        case SuperValue():
            return _of_super(owner, name)
        case ReadClass():
            return _of_class(owner, name)
        case ReadLayer():
            return _of_layer(owner, name)
        case ReadContainer():
            return _of_container(owner, name)
        case list():
            return FoundValue(BoundName(owner, name)) if name in LIST_METHODS else None
        case dict():
            return FoundValue(BoundName(owner, name)) if name in DICT_METHODS else None
        case str():
            return FoundValue(BoundName(owner, name)) if name in TEXT_METHODS else None
        case tuple() if name == "numel":
            return FoundValue(BoundName(owner, name))
    if owner is IGNORED:
        return FoundValue(IGNORED)
    return None


def _of_tensor(reading: Reading, tensor: TensorRef, name: str, place: ast.AST) -> FoundValue | None:
    if name == "shape":
        return FoundValue((BATCH, *reading.writer.shape(tensor, place)))
    if name == "data":
        return FoundValue(tensor)
    if name == "ndim":
        return FoundValue(len(reading.writer.shape(tensor, place)) + 1)
    if name in ("device", "dtype", "is_cuda", "requires_grad", "grad"):
        return FoundValue(IGNORED)
    return FoundValue(BoundName(tensor, name)) if name in TENSOR_METHODS else None


def _of_instance(instance: ReadInstance, name: str) -> FoundValue | UnreadValue | None:
    if name in instance.attributes:
        value = instance.attributes[name]
        return value if isinstance(value, UnreadValue) else FoundValue(value)
    for cls in instance.cls.order:
        if isinstance(cls, ReadClass) and name in cls.names:
            return _bound(cls.names[name], instance)
    if name == "training" and is_module(instance):
        return FoundValue(TRAINING)
    if instance.base is not None:
        inner = _of_container(instance.base, name) if isinstance(instance.base, ReadContainer) else None
        inner = _of_layer(instance.base, name) if isinstance(instance.base, ReadLayer) else inner
        if inner is not None and not isinstance(inner.value, BoundName):
            return inner
    if name == "device":
        return FoundValue(IGNORED)
    return FoundValue(BoundName(instance, name)) if name in MODULE_METHODS and is_module(instance) else None


def _bound(value: Any, instance: ReadInstance) -> FoundValue | UnreadValue:
    if isinstance(value, UnreadValue):
        return value
    if isinstance(value, ReadFunction) and value.bound:
        return FoundValue(BoundFunction(value, instance))
    return FoundValue(value)


def _of_super(owner: SuperValue, name: str) -> FoundValue | UnreadValue | None:
    order = owner.instance.cls.order
    behind = order[order.index(owner.cls) + 1 :] if owner.cls in order else []
    for cls in behind:
        if isinstance(cls, ReadClass) and name in cls.names:
            return _bound(cls.names[name], owner.instance)
    return FoundValue(BoundName(owner, name)) if name in MODULE_METHODS else None


def _of_class(cls: ReadClass, name: str) -> FoundValue | UnreadValue | None:
    for one in cls.order:
        if isinstance(one, ReadClass) and name in one.names:
            value = one.names[name]
            return value if isinstance(value, UnreadValue) else FoundValue(value)
    return FoundValue(cls.name) if name == "name" else None


def _of_layer(layer: ReadLayer, name: str) -> FoundValue | None:
    if name in MODULE_METHODS:
        return FoundValue(BoundName(layer, name))
    if name in _WEIGHTS:
        return FoundValue(IGNORED)
    operation = OPERATION_TABLE[layer.operation]
    if operation.rule(name) is None:
        return None
    return FoundValue(operation.full(layer.settings)[name])


def _of_container(container: ReadContainer, name: str) -> FoundValue | None:
    if name in container.parts:
        return FoundValue(container.parts[name])
    return FoundValue(BoundName(container, name)) if name in MODULE_METHODS else None


def iterated(value: Any) -> list[Any] | None:
    """Return what a loop over modules goes over; None where there is nothing to go over."""
    if isinstance(value, ReadInstance) and isinstance(value.base, ReadContainer):
        return list(children(value).values())
    if isinstance(value, ReadContainer):
        return list(value.parts) if value.kind == "ModuleDict" else list(value.parts.values())
    return [] if value is IGNORED else None


def part_at(owner: Any, index: Any) -> Any:
    """Return a part of a container, or several as a container; None where there is none."""
    if isinstance(owner, ReadInstance) and isinstance(owner.base, ReadContainer):
        owner = owner.base
    if not isinstance(owner, ReadContainer):
        return None
    if isinstance(index, str):
        return owner.parts[index]
    names = list(owner.parts)
    if isinstance(index, slice):
        return ReadContainer(owner.kind, {name: owner.parts[name] for name in names[index]})
    return owner.parts[names[index]]
