"""Sizes that an ONNX file computes from shapes, folded while it is read; the number of images stays open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np

from cnnviz.definitions.onnx_form.onnx_graph import BATCH, OnnxCall, Sizes

_LONGEST = 16


def fold_sizes(call: OnnxCall) -> Sizes | None:
    """Return what an operator makes of sizes; None for one that is not about sizes.

    Raises:
        UserError: `onnx_node` for a number that depends on the number of images.
    """
    if call.kind == "Shape":
        return _shape(call)
    if call.kind not in _FOLDS or not any(name in call.graph.sizes for name in call.inputs):
        return None
    given = [call.sizes(place) for place in range(len(call.inputs))]
    if any(one is None for one in given):
        raise call.refuse("input")
    found = _FOLDS[call.kind](call, given)
    if isinstance(found, tuple) and len(found) > _LONGEST:
        raise call.refuse("input")
    return found


def _shape(call: OnnxCall) -> Sizes:
    name = call.inputs[0]
    if name in call.graph.constants:
        return tuple(int(side) for side in call.graph.constants[name].shape)
    sides: tuple[int | str, ...] = (BATCH, *call.graph.shape_of(call.source()))
    first, last = call.whole("start", 0), call.attributes.get("end")
    return sides[first : None if last is None else int(last)]


def _numbers(call: OnnxCall, sizes: Any) -> tuple[int, ...]:
    parts = sizes if isinstance(sizes, tuple) else (sizes,)
    if BATCH in parts:
        raise call.refuse("the number of images")
    return parts


def _gather(call: OnnxCall, given: list[Any]) -> Sizes:
    data, places = given
    if not isinstance(data, tuple) or call.whole("axis", 0) != 0:
        raise call.refuse("axis")
    if any(not -len(data) <= place < len(data) for place in _numbers(call, places)):
        raise call.refuse("indices")
    return tuple(data[place] for place in places) if isinstance(places, tuple) else data[places]


def _slice(call: OnnxCall, given: list[Any]) -> Sizes:
    data, *rest = given
    if not isinstance(data, tuple) or len(rest) < 2:
        raise call.refuse("starts")
    first, last, axis, step = (_numbers(call, one)[:1] for one in (*rest, (0,), (1,))[:4])
    if axis not in ((0,), (-1,)) or step != (1,) or not first or not last:
        raise call.refuse("axes")
    return data[first[0] : last[0]]


def _concatenated(call: OnnxCall, given: list[Any]) -> Sizes:
    return tuple(part for one in given for part in (one if isinstance(one, tuple) else (one,)))


def _unsqueezed(call: OnnxCall, given: list[Any]) -> Sizes:
    if isinstance(given[0], tuple):
        raise call.refuse("axes")
    return (given[0],)


def _squeezed(call: OnnxCall, given: list[Any]) -> Sizes:
    if not isinstance(given[0], tuple) or len(given[0]) != 1:
        raise call.refuse("axes")
    first: Sizes = given[0][0]
    return first


def _computed(count: Callable[[int, int], int]) -> Callable[[OnnxCall, list[Any]], Sizes]:
    def fold(call: OnnxCall, given: list[Any]) -> Sizes:
        one, other = (_numbers(call, each) for each in given[:2])
        if len(one) != len(other) and 1 not in (len(one), len(other)):
            raise call.refuse("input")
        length = max(len(one), len(other))
        pairs = zip(one * (length // len(one)), other * (length // len(other)), strict=True)
        found = tuple(count(a, b) for a, b in pairs)
        if any(abs(number) >= 2**40 for number in found):
            raise call.refuse("input")
        return found if any(isinstance(each, tuple) for each in given) else found[0]

    return fold


def _divided(one: int, other: int) -> int:
    return int(np.sign(one) * np.sign(other)) * (abs(one) // abs(other)) if other else 2**40


def _product(call: OnnxCall, given: list[Any]) -> Sizes:
    numbers = _numbers(call, given[0])
    found = prod(numbers) if max(map(abs, numbers), default=0) < 2**40 else 2**40
    return (found,) if call.whole("keepdims", 1) else found


_FOLDS: Mapping[str, Callable[[OnnxCall, list[Any]], Sizes]] = MappingProxyType(
    {
        "Gather": _gather,
        "Slice": _slice,
        "Concat": _concatenated,
        "Unsqueeze": _unsqueezed,
        "Squeeze": _squeezed,
        "Cast": lambda _call, given: given[0],
        "Identity": lambda _call, given: given[0],
        "Add": _computed(lambda one, other: one + other),
        "Sub": _computed(lambda one, other: one - other),
        "Mul": _computed(lambda one, other: one * other),
        "Div": _computed(_divided),
        "ReduceProd": _product,
    }
)
"""By name: what becomes of sizes; each input is a number or a row of numbers."""
SIZE_OPERATORS = ("Shape", *_FOLDS)
"""What is read of sizes; some of it also of images."""
