"""How many steps a sum along a way takes until it gives back f(x) − f(x′)."""

import math
from collections.abc import Callable
from types import MappingProxyType

from torch import Tensor

from cnnviz.attribution.base import MethodInput, MethodResult
from cnnviz.attribution.result import AttributionNote, Completeness

MAX_ERROR = 0.01
"""The completeness error that steps are added for, as a fraction of f(x) − f(x′)."""
FIRST_STEPS = 32
MOST_STEPS = 512


def with_adaptive_steps(
    given: MethodInput, compute: Callable[[MethodInput, int], Tensor], ends: int = 0
) -> MethodResult:
    """The map that `compute` makes with so many equal steps: those asked for, or as many as `MAX_ERROR` takes.

    Not asked for any it begins with 32, then takes what the error so far promises to be enough, at most 512.
    `ends` is how many images more than steps it sends through the network.
    """
    asked = int(given.options["steps"])
    steps = asked or FIRST_STEPS
    while True:
        given.f.expected = given.f.passed + steps + ends
        found = path_result(given, compute(given, steps), steps)
        if asked or not found.notes or steps >= MOST_STEPS:
            return found
        assert found.completeness is not None
        steps = _next_steps(steps, found.completeness.error)


def path_result(given: MethodInput, values: Tensor, steps: int, **chosen: str) -> MethodResult:
    """A map that shares out `given.difference`, with how nearly it does, and a note where that misses `MAX_ERROR`."""
    reached = Completeness(float(values.double().sum()), given.difference, steps)
    notes: tuple[AttributionNote, ...] = ()
    if not reached.within(MAX_ERROR, given.rounding):
        percent = f"{100 * reached.error:.3g}" if math.isfinite(reached.error) else "∞"
        notes = (AttributionNote("incomplete", MappingProxyType({"percent": percent, "steps": steps})),)
    return MethodResult(values, reached, notes, MappingProxyType({"steps": steps, **chosen}))


def _next_steps(steps: int, error: float) -> int:
    """How many steps to try after `steps` missed by `error`, which falls about as 1 / steps."""
    promised = steps * min(error / MAX_ERROR, 16) * 1.25 if math.isfinite(error) else MOST_STEPS
    return min(MOST_STEPS, max(2 * steps, 16 * math.ceil(promised / 16)))
