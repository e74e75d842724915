"""The number of steps after which a sum along a path converges to f(x) − f(x′)."""

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
    inputs: MethodInput, compute: Callable[[MethodInput, int], Tensor], ends: int = 0
) -> MethodResult:
    """Return the map that `compute` makes with the steps asked for, or with as many as `MAX_ERROR` needs.

    Without a number asked for it begins with 32 and goes on with the number that the error suggests, at most 512.
    `ends` is the number of images beyond the steps that go through the network.
    """
    asked = int(inputs.options["steps"])
    steps = asked or FIRST_STEPS
    while True:
        inputs.f.images_expected = inputs.f.images_done + steps + ends
        found = path_result(inputs, compute(inputs, steps), steps)
        if asked or not found.notes or steps >= MOST_STEPS:
            return found
        assert found.completeness is not None
        steps = _next_steps(steps, found.completeness.error)


def path_result(inputs: MethodInput, values: Tensor, steps: int, **chosen: str) -> MethodResult:
    """Return the map with its completeness, and a note if its error is above `MAX_ERROR`."""
    reached = Completeness(float(values.double().sum()), inputs.difference, steps)
    notes: tuple[AttributionNote, ...] = ()
    if not reached.within(MAX_ERROR, inputs.rounding_error):
        percent = f"{100 * reached.error:.3g}" if math.isfinite(reached.error) else "∞"
        notes = (AttributionNote("incomplete", MappingProxyType({"percent": percent, "steps": steps})),)
    return MethodResult(values, reached, notes, MappingProxyType({"steps": steps, **chosen}))


def _next_steps(steps: int, error: float) -> int:
    """Return the number of steps to try after `steps` missed by `error`, which falls about as 1 / steps."""
    promised = steps * min(error / MAX_ERROR, 16) * 1.25 if math.isfinite(error) else MOST_STEPS
    return min(MOST_STEPS, max(2 * steps, 16 * math.ceil(promised / 16)))
