"""Methods of modules, lists, tables and texts that a structure may use."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.pytorch.layer_calls import (
    TORCH_LAYERS,
    add_part,
    call_base,
    call_module,
    check_module,
    fill_container,
    make_layer,
)
from cnnviz.definitions.pytorch.operators import check_name
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import (
    IGNORED,
    DottedName,
    ReadContainer,
    ReadInstance,
    SuperValue,
    children,
)

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading

_ITSELF = frozenset(
    {"eval", "train", "to", "cuda", "cpu", "apply", "requires_grad_", "float", "double", "half", "type"}
)
"""Methods that give the module back."""
_NOTHING = frozenset({"load_state_dict", "zero_grad", "register_forward_hook", "register_buffer", "register_parameter"})
_EMPTY = frozenset({"modules", "named_modules", "parameters", "named_parameters", "buffers", "state_dict"})
"""Methods that are asked for initial weights: no structure depends on them."""


def call_module_method(
    reading: Reading, owner: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> Any:
    """Return what a method of a module gives.

    Raises:
        SourceError: a method that is no part of a structure, or arguments that it does not take.
    """
    if isinstance(owner, SuperValue):
        if name == "__init__":
            return _initialise(reading, owner, args, kwargs, place)
        if name == "forward":
            return call_base(reading, owner.instance, args, place)
        owner = owner.instance
    if name in _ITSELF:
        return owner
    if name in _NOTHING:
        return IGNORED
    if name in _EMPTY:
        return []
    if name == "forward":
        return call_module(reading, owner, args, kwargs, place)
    if name == "save_hyperparameters":
        _keep_arguments(owner, args)
        return None
    values = [*args, *kwargs.values()]
    if name in ("add_module", "register_module"):
        if len(values) != 2 or not isinstance(values[0], str):
            raise SourceError("source_arguments", place, name=name)
        return _add(owner, values[0], values[1], place)
    if name in ("children", "named_children"):
        inner = children(owner)
        return list(inner.values()) if name == "children" else list(inner.items())
    container = owner.base if isinstance(owner, ReadInstance) else owner
    if isinstance(container, ReadContainer):
        return _of_container(reading, container, name, values, place)
    raise SourceError("source_attribute", place, name=name)


def _initialise(
    reading: Reading, owner: SuperValue, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> None:
    """Do what the constructor of a class of torch does."""
    behind = owner.instance.cls.order
    for base in behind[behind.index(owner.cls) + 1 :] if owner.cls in behind else ():
        if not isinstance(base, DottedName):
            continue
        last = base.path.rpartition(".")[2]
        if last in ("Sequential", "ModuleList", "ModuleDict"):
            container = ReadContainer(last)
            fill_container(reading, container, args, kwargs, place)
            owner.instance.base = container
        elif base.path.startswith("torch.nn.") and last in TORCH_LAYERS:
            owner.instance.base = make_layer(reading, last, args, kwargs, place)


def _keep_arguments(owner: Any, args: Sequence[Any]) -> None:
    """Keep the arguments of the constructor as attributes, as the course's own classes do."""
    for name, value in (args[0] if args and isinstance(args[0], dict) else {}).items():
        if value is not owner:
            owner.attributes[name] = value


def _add(owner: Any, name: str, part: Any, place: ast.AST) -> None:
    if part is None:
        return
    check_name(name, place)
    if isinstance(owner, ReadInstance):
        check_module(part, place)
        if isinstance(owner.base, ReadContainer):
            owner.base.parts[name] = part
        else:
            owner.attributes[name] = part
    elif isinstance(owner, ReadContainer):
        add_part(owner, name, part, place)
    else:
        raise SourceError("source_attribute", place, name="add_module")


def _of_container(reading: Reading, container: ReadContainer, name: str, values: list[Any], place: ast.AST) -> Any:
    if name == "append" and len(values) == 1:
        check_module(values[0], place)
        container.append(values[0])
        reading.limited(container.parts, place)
        return container
    if name == "extend" and len(values) == 1:
        for part in reading.items(values[0], place):
            check_module(part, place)
            container.append(part)
        reading.limited(container.parts, place)
        return container
    if name == "insert" and len(values) == 2 and isinstance(values[0], int):
        parts = list(container.parts.values())
        check_module(values[1], place)
        parts.insert(values[0], values[1])
        container.parts = {str(number): part for number, part in enumerate(parts)}
        return None
    if name in ("items", "keys", "values") and not values:
        return {"items": list(container.parts.items()), "keys": list(container.parts)}.get(
            name, list(container.parts.values())
        )
    raise SourceError("source_attribute", place, name=name)


def call_value_method(
    reading: Reading, owner: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> Any:
    """Return what a method of a list, a table or a text gives.

    Raises:
        SourceError: `source_arguments`, or a value beyond the limits.
    """
    try:
        if isinstance(owner, list):
            return _of_list(reading, owner, name, args, place)
        if isinstance(owner, dict):
            return _of_dict(reading, owner, name, args, kwargs, place)
        if isinstance(owner, str):
            return reading.limited(_of_text(owner, name, args, place), place)
    except (LookupError, TypeError, ValueError) as error:
        raise SourceError("source_arguments", place, name=name) from error
    raise SourceError("source_batch", place)


def _of_list(reading: Reading, owner: list[Any], name: str, args: Sequence[Any], place: ast.AST) -> Any:
    if name == "append":
        (value,) = args
        owner.append(value)
    elif name == "extend":
        owner.extend(reading.items(args[0], place))
    elif name == "insert":
        owner.insert(int(args[0]), args[1])
    elif name == "pop":
        return owner.pop(*map(int, args))
    elif name == "index":
        return next(place for place, one in enumerate(owner) if one is args[0] or _same_number(one, args[0]))
    else:
        return list(owner)
    if len(owner) > 4096:
        reading.limited(owner, place)
    return None


def _same_number(one: Any, other: Any) -> bool:
    return isinstance(one, int | float | str) and isinstance(other, int | float | str) and one == other


def _of_dict(
    reading: Reading, owner: dict[Any, Any], name: str, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> Any:
    if name in ("items", "keys", "values"):
        reading.count(place, len(owner))
        return {"items": list(owner.items()), "keys": list(owner)}.get(name, list(owner.values()))
    if name == "update":
        owner.update(args[0] if args and isinstance(args[0], dict) else {}, **kwargs)
        reading.limited(owner, place)
        return None
    key, *default = args
    if not isinstance(key, int | float | str | bool):
        raise TypeError
    if name == "pop":
        return owner.pop(key, *default)
    return owner.get(key, *default)


def _of_text(owner: str, name: str, args: Sequence[Any], place: ast.AST) -> Any:
    if name == "format":
        parts = owner.split("{}")
        plain = all(isinstance(arg, int | str) and not isinstance(arg, bool) for arg in args)
        if len(parts) != len(args) + 1 or any("{" in part or "}" in part for part in parts) or not plain:
            raise SourceError("source_format", place)
        values = [arg if isinstance(arg, str) else str(int(arg)) for arg in args]
        return "".join(part + value for part, value in zip(parts, [*values, ""], strict=True))
    if not all(isinstance(arg, str) for arg in args):
        raise TypeError
    if name == "split":
        return owner.split(*args)
    if name in ("startswith", "endswith"):
        return owner.startswith(*args) if name == "startswith" else owner.endswith(*args)
    return owner.lower() if name == "lower" else owner.upper()
