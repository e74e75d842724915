"""Methods of tensors and functions of torch: the operation of the table that each stands for."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cnnviz.definitions.layout_shapes import piece_sizes
from cnnviz.definitions.pytorch.graph_writer import StoppedAtClash, plain_settings
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import BATCH, IGNORED, TRAINING, TensorRef
from cnnviz.definitions.shape_clash import ShapeClash
from cnnviz.definitions.table import FUNCTION_NAMES, OPERATION_TABLE

if TYPE_CHECKING:
    from cnnviz.definitions.pytorch.reading import Reading

_SYNONYMS = {
    "concat": "cat",
    "concatenate": "cat",
    "multiply": "mul",
    "subtract": "sub",
    "divide": "div",
    "true_divide": "div",
    "bmm": "matmul",
    "mm": "matmul",
    "clip": "clamp",
    "swapaxes": "transpose",
    "swapdims": "transpose",
    "log_sigmoid": "logsigmoid",
    "hard_swish": "hardswish",
    "swish": "silu",
    "upsample": "interpolate",
    "alpha_dropout": "dropout",
}
_UNCHANGED = frozenset(
    {"float", "to", "cuda", "cpu", "detach", "clone", "type_as", "requires_grad_", "half", "double", "type", "data"}
)
"""Methods that hand on the numbers of their tensor."""
_DATA = frozenset({"item", "tolist", "numpy", "argmax", "argmin", "nonzero", "any", "all", "topk", "sort"})
_ARITHMETIC = frozenset({"add", "sub", "mul", "div", "pow", "maximum", "minimum", "matmul"})
TENSOR_METHODS = frozenset(
    {*FUNCTION_NAMES, *_SYNONYMS, *_UNCHANGED, *_DATA, "size", "dim", "max", "min", "numel", "t", "__init__"}
    | {f"{name}_" for name in FUNCTION_NAMES}
) - {"__init__"}  # fmt: skip
_FIRST = ("input", "x", "tensors", "tensor")
_KEYWORDS = {"axis": "dim", "keepdims": "keepdim", "split_size_or_sections": "sizes", "split_size": "sizes"}
_SILENT = frozenset({"inplace", "out", "antialias", "recompute_scale_factor"})


def operation_called(name: str) -> str | None:
    """Return the operation of the table that a function or method of torch stands for; None for none."""
    name = _SYNONYMS.get(name, name)
    return name if name in FUNCTION_NAMES else None


def call_method(
    reading: Reading, tensor: TensorRef, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> Any:
    """Return what a method of a tensor gives.

    Raises:
        SourceError: `source_data` where it asks for numbers, or as `call_function`.
    """
    if name in _DATA:
        raise SourceError("source_data", place, what=name)
    if name in _UNCHANGED:
        return tensor
    if name in ("size", "dim", "numel"):
        return _size(reading, tensor, name, args, kwargs, place)
    if name.endswith("_"):
        made = call_function(reading, name[:-1], [tensor, *args], kwargs, place)
        tensor.index = made.index
        return tensor
    return call_function(reading, name, [tensor, *args], kwargs, place)


def _size(
    reading: Reading, tensor: TensorRef, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> Any:
    if name == "size" and (args or kwargs):
        dim = args[0] if args else kwargs.get("dim")
        if dim == 0 and not isinstance(dim, bool):
            return BATCH
        sizes = (BATCH, *reading.writer.shape(tensor, place))
        if not isinstance(dim, int) or not -len(sizes) <= dim < len(sizes):
            raise SourceError("source_index", place)
        return sizes[dim]
    shape = reading.writer.shape(tensor, place)
    if name == "numel":
        raise SourceError("source_batch", place)
    return (BATCH, *shape) if name == "size" else len(shape) + 1


def call_function(
    reading: Reading, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> Any:  # fmt: skip
    """Return what a function of torch gives: a tensor, or several.

    Raises:
        SourceError: a function that is no part of a structure, or arguments that it does not take.
    """
    given = {_KEYWORDS.get(key, key): value for key, value in kwargs.items() if key not in _SILENT}
    first = next((given.pop(key) for key in _FIRST if key in given), None)
    args = [*([] if first is None else [first]), *args]
    if name in ("max", "min"):
        return _extreme(reading, name, args, given, place)
    operation = operation_called(name)
    if operation is None:
        raise SourceError("source_layer", place, name=name[:60])
    if operation in ("cat", "stack"):
        return _joined(reading, operation, args, given, place)
    if operation in _ARITHMETIC:
        return _arithmetic(reading, operation, args, given, place)
    tensors, settings = bound_arguments(operation, args, given, place)
    made = [tensor for tensor in tensors if isinstance(tensor, TensorRef)]
    if len(made) != len(tensors):
        key = "source_weight" if IGNORED in tensors else "source_tensor"
        raise SourceError(key, place, name=name[:60])
    if operation in ("chunk", "split"):
        return _pieces(reading, operation, made[0], settings, place)
    result = reading.writer.function(operation, made, settings, place)
    if kwargs.get("inplace") is True:
        made[0].index = result.index
    return result


def bound_arguments(
    operation: str, args: Sequence[Any], kwargs: Mapping[str, Any], place: ast.AST
) -> tuple[list[Any], dict[str, Any]]:
    """Return the tensors and the settings of a call of a function of the table.

    Raises:
        SourceError: `source_tensor`, `source_too_many` or `source_batch`.
    """
    entry = OPERATION_TABLE[operation]
    tensors, rest = list(args[: entry.few_inputs]), list(args[entry.few_inputs :])
    if len(tensors) < entry.few_inputs:
        raise SourceError("source_tensor", place, name=operation)
    names = list(entry.setting_names)
    settings = dict(kwargs)
    if operation in ("view", "reshape"):
        sizes = rest[0] if len(rest) == 1 and isinstance(rest[0], tuple | list) else rest
        settings = {"sizes": tuple(settings.pop("shape", sizes))}
        if any(size is BATCH for size in settings["sizes"][1:]):
            raise SourceError("source_batch", place)
        return tensors, settings
    if operation == "permute":
        dims = rest[0] if len(rest) == 1 and isinstance(rest[0], tuple | list) else rest
        return tensors, {"dims": tuple(settings.get("dims", dims))}
    if operation in ("relu", "relu6", "selu", "silu", "mish", "hardswish", "hardsigmoid", "leaky_relu", "elu", "celu"):
        while rest and isinstance(rest[-1], bool):  # in place, as the last argument
            rest.pop()
    if len(rest) > len(names):
        rest = [value for value in rest if not isinstance(value, bool)]
    if len(rest) > len(names):
        raise SourceError("source_too_many", place, name=operation)
    settings |= dict(zip(names, rest, strict=False))
    if operation in ("softmax", "log_softmax"):
        settings = {"dim": settings.get("dim", 1)}
    if operation in ("mean", "sum", "amax", "amin") and settings.get("dim") is None:
        settings["dim"] = 0
    if operation.startswith("dropout") and settings.get("training") is TRAINING:
        settings["training"] = None
    if settings.get("return_indices") is False:
        del settings["return_indices"]
    return tensors, {key: value for key, value in settings.items() if value is not IGNORED}


def _joined(
    reading: Reading, operation: str, args: Sequence[Any], kwargs: dict[str, Any], place: ast.AST
) -> TensorRef:  # fmt: skip
    parts = reading.items(args[0], place) if args else []
    if not parts or not all(isinstance(part, TensorRef) for part in parts):
        raise SourceError("source_tensor", place, name=operation)
    dim = args[1] if len(args) > 1 else kwargs.get("dim", 0)
    return reading.writer.function(operation, parts, {"dim": dim}, place)


def _arithmetic(
    reading: Reading, operation: str, args: Sequence[Any], kwargs: dict[str, Any], place: ast.AST
) -> TensorRef:
    from cnnviz.definitions.pytorch.operators import tensor_arithmetic

    values = [*args, *(kwargs[name] for name in ("other", "exponent", "mat2") if name in kwargs)]
    if len(values) != 2 or kwargs.keys() - {"other", "exponent", "mat2"}:
        raise SourceError("source_too_many", place, name=operation)
    if not any(isinstance(value, TensorRef) for value in values):
        raise SourceError("source_tensor", place, name=operation)
    return tensor_arithmetic(reading, operation, values[0], values[1], place)


def _extreme(reading: Reading, name: str, args: Sequence[Any], kwargs: dict[str, Any], place: ast.AST) -> Any:
    """Return the larger of two tensors, or the largest numbers along a dimension and where they stand."""
    if len(args) == 2 and isinstance(args[1], TensorRef):
        return call_function(reading, f"{name}imum", args, {}, place)
    made = call_function(reading, f"a{name}", args, kwargs, place)
    return (made, IGNORED)


def _pieces(
    reading: Reading, operation: str, tensor: TensorRef, settings: dict[str, Any], place: ast.AST
) -> tuple[TensorRef, ...]:
    full = {"dim": 0, "index": 0} | plain_settings(settings, place)
    sizes = full.get("sizes")
    if isinstance(sizes, tuple):
        count = len(sizes)
    elif operation == "chunk" and isinstance(full.get("chunks"), int):
        try:
            count = len(piece_sizes(full, reading.writer.shape(tensor, place)))
        except (SourceError, StoppedAtClash, ShapeClash, ArithmeticError):
            count = full["chunks"]
    else:
        try:
            count = len(piece_sizes(full, reading.writer.shape(tensor, place)))
        except (ShapeClash, ArithmeticError, KeyError, TypeError) as error:
            raise SourceError("source_arguments", place, name=operation) from error
    return tuple(
        reading.writer.function(operation, [tensor], {**settings, "index": index}, place)
        for index in range(min(count, 512))
    )
