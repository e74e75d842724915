"""The functions of Python that a structure may use, each written here for the values of a reading."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import (
    BATCH,
    BuiltinName,
    DottedName,
    PartialCall,
    ReadClass,
    ReadInstance,
    ReadLayer,
    TensorRef,
    children,
    is_module,
)

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading

Arguments = Sequence[Any]
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float,),
    "str": (str,),
    "bool": (bool,),
    "list": (list,),
    "tuple": (tuple,),
    "dict": (dict,),
}


def call_builtin(
    reading: Reading, name: str, args: Arguments, kwargs: Mapping[str, Any], place: ast.AST
) -> Any:  # fmt: skip
    """Return what a function of Python gives.

    Raises:
        SourceError: `source_data` where it asks for the numbers of the image, `source_arguments` for wrong arguments.
    """
    if any(isinstance(arg, TensorRef) for arg in args) and name not in ("isinstance", "hasattr", "getattr", "list"):
        if name in ("len", "abs", "sum", "max", "min"):
            raise SourceError("source_tensor_builtin", place, name=name)
        raise SourceError("source_data", place, what=name)
    if any(arg is BATCH for arg in args):
        if name == "int":
            return BATCH
        raise SourceError("source_batch", place)
    try:
        return reading.limited(BUILTINS[name](reading, args, dict(kwargs), place), place)
    except SourceError:
        raise
    except (TypeError, ValueError, LookupError, ArithmeticError) as error:
        raise SourceError("source_arguments", place, name=name) from error


def _range(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
    numbers = [int(arg) if isinstance(arg, int) else None for arg in args]
    if None in numbers:
        raise ValueError
    made = range(*numbers)  # type: ignore[arg-type]
    reading.limited([0] * min(len(made), 5000), place)
    return made


def _enumerated(reading: Reading, args: Arguments, kwargs: Any, place: ast.AST) -> Any:
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    return [(start + index, item) for index, item in enumerate(reading.items(args[0], place))]


def _zipped(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
    return list(zip(*(reading.items(arg, place) for arg in args), strict=False))


def _reversed(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
    return reading.items(args[0], place)[::-1]


def _length(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
    if isinstance(args[0], str):
        return len(args[0])
    return len(reading.items(args[0], place))


def _total(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
    from cnnviz.definitions.pytorch import operators

    total = args[1] if len(args) > 1 else 0
    for item in reading.items(args[0], place):
        total = operators.binary(reading, ast.Add(), total, item, place) if total != 0 or item is BATCH else item
    return total


def _extreme(pick: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def picked(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
        values = list(args) if len(args) > 1 else reading.items(args[0], place)
        if not all(isinstance(value, int | float) for value in values):
            raise TypeError
        return pick(values)

    return picked


def _number(kind: type) -> Callable[..., Any]:
    def made(_reading: Reading, args: Arguments, _kwargs: Any, _place: ast.AST) -> Any:
        if not isinstance(args[0], int | float):
            raise TypeError
        return kind(args[0])

    return made


def _text(_reading: Reading, args: Arguments, _kwargs: Any, _place: ast.AST) -> Any:
    if isinstance(args[0], str):
        return args[0]
    if not isinstance(args[0], int) or isinstance(args[0], bool):
        raise TypeError
    return str(int(args[0]))


def _truth(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
    return reading.truth(args[0], place)


def _listed(kind: type) -> Callable[..., Any]:
    def made(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
        return kind(reading.items(args[0], place)) if args else kind()

    return made


def _dictionary(reading: Reading, args: Arguments, kwargs: dict[str, Any], place: ast.AST) -> Any:
    if not args:
        return dict(kwargs)
    if isinstance(args[0], dict):
        return args[0] | kwargs
    found = {}
    for name, value in reading.items(args[0], place):
        found[reading.small(name, place)] = value
    return found | kwargs


def _rounded(_reading: Reading, args: Arguments, _kwargs: Any, _place: ast.AST) -> Any:
    if not all(isinstance(arg, int | float) for arg in args):
        raise TypeError
    return round(*args)


def _absolute(_reading: Reading, args: Arguments, _kwargs: Any, _place: ast.AST) -> Any:
    return abs(args[0])


def _is_instance(_reading: Reading, args: Arguments, _kwargs: Any, _place: ast.AST) -> Any:
    kinds = args[1] if isinstance(args[1], tuple) else (args[1],)
    return any(is_of(args[0], kind) for kind in kinds)


def is_of(value: Any, kind: Any) -> bool:
    """Tell whether a value is of a type of Python, a class of the text, or a class of torch by its name."""
    if isinstance(kind, BuiltinName):
        return isinstance(value, _TYPES.get(kind.name, ()))
    if isinstance(kind, ReadClass):
        return isinstance(value, ReadInstance) and kind in value.cls.order
    if isinstance(kind, DottedName):
        last = kind.path.rpartition(".")[2]
        if last == "Module":
            return is_module(value)
        if last == "Tensor":
            return isinstance(value, TensorRef)
        if isinstance(value, ReadLayer):
            return value.operation == last
        return getattr(value, "kind", "") == last
    raise TypeError


def _attribute(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
    if not isinstance(args[1], str):
        raise TypeError
    if len(args) > 2:
        return reading.attribute(args[0], args[1], place) if _has(args[0], args[1]) else args[2]
    return reading.attribute(args[0], args[1], place)


def _has(owner: Any, name: str) -> bool:
    return isinstance(owner, ReadInstance) and (
        name in owner.attributes or any(isinstance(one, ReadClass) and name in one.names for one in owner.cls.order)
    )


def _has_attribute(_reading: Reading, args: Arguments, _kwargs: Any, _place: ast.AST) -> Any:
    return _has(args[0], args[1])


def _set_attribute(_reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
    from cnnviz.definitions.pytorch.operators import check_name

    owner, name, value = args
    if not isinstance(owner, ReadInstance) or not isinstance(name, str):
        raise TypeError
    check_name(name, place)
    owner.attributes[name] = value


def _printed(_reading: Reading, _args: Arguments, _kwargs: Any, _place: ast.AST) -> Any:
    return None


def _sorted(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
    return sorted(reading.small(reading.items(args[0], place), place))


def _every(good: bool) -> Callable[..., Any]:
    def told(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
        found = [reading.truth(item, place) for item in reading.items(args[0], place)]
        return all(found) if good else any(found)

    return told


def _mapped(reading: Reading, args: Arguments, _kwargs: Any, place: ast.AST) -> Any:
    return [reading.call(args[0], [item], {}, place) for item in reading.items(args[1], place)]


BUILTINS: dict[str, Callable[..., Any]] = {
    "range": _range,
    "enumerate": _enumerated,
    "zip": _zipped,
    "reversed": _reversed,
    "len": _length,
    "sum": _total,
    "min": _extreme(min),
    "max": _extreme(max),
    "int": _number(int),
    "float": _number(float),
    "bool": _truth,
    "str": _text,
    "list": _listed(list),
    "tuple": _listed(tuple),
    "dict": _dictionary,
    "round": _rounded,
    "abs": _absolute,
    "isinstance": _is_instance,
    "getattr": _attribute,
    "hasattr": _has_attribute,
    "setattr": _set_attribute,
    "print": _printed,
    "sorted": _sorted,
    "all": _every(True),
    "any": _every(False),
    "map": _mapped,
    "iter": _listed(list),
    "object": _printed,
    "staticmethod": _printed,
    "super": _printed,
    "locals": _printed,
}


def call_library(reading: Reading, path: str, args: Arguments, kwargs: Mapping[str, Any], place: ast.AST) -> Any:
    """Return what a function of Python's own library gives; None where it is not one of those.

    Raises:
        SourceError: `source_arguments`.
    """
    if path in ("collections.OrderedDict",):
        return call_builtin(reading, "dict", args, kwargs, place)
    if path == "functools.partial" and args:
        return PartialCall(args[0], tuple(args[1:]), dict(kwargs))
    compute = _MATHEMATICS.get(path)
    if compute is None:
        return None
    try:
        if not all(isinstance(arg, int | float) for arg in args):
            raise TypeError
        return reading.limited(compute(*args), place)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise SourceError("source_arguments", place, name=path) from error


_MATHEMATICS: dict[str, Callable[..., Any]] = {
    "math.sqrt": math.sqrt,
    "math.ceil": math.ceil,
    "math.floor": math.floor,
    "math.log": math.log,
    "math.log2": math.log2,
    "math.log10": math.log10,
    "math.gcd": math.gcd,
}
CONSTANTS = {"math.pi": math.pi, "math.e": math.e}


def module_list(value: Any) -> list[Any]:
    """Return the modules that a module holds directly."""
    return list(children(value).values())
