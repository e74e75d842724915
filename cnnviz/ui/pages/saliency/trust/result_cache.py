"""The bounded cache of test results, and its keys."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cnnviz.attribution import Attribution
from cnnviz.ui.core.byte_cache import ByteCache
from cnnviz.ui.core.memory_budget import shared_cache
from cnnviz.ui.pages.saliency.comparison_axis import ComparedMap, MapInputs
from cnnviz.ui.pages.saliency.map_request import MapRequest

T = TypeVar("T")


@dataclass(frozen=True)
class TestedMap:
    """One map on the page."""

    pane: ComparedMap
    found: Attribution

    @property
    def case(self) -> MapRequest:
        """The request that it was made from."""
        return self.pane.case


@dataclass(frozen=True)
class TrustQuestion:
    """All maps on the page."""

    shown: Sequence[TestedMap]
    given: MapInputs


def settings_of(case: MapRequest) -> dict[str, Any]:
    """Return a case as the tests take it: everything but the method, the model, the image and the target."""
    return {
        "layer": case.layer,
        "options": dict(case.options),
        "seed": case.seed,
        "baseline": case.baseline_image(),
    }


def cached_result(key: Hashable, size: int, make: Callable[[], T]) -> T:
    """Return the answer to `key`, made once; `size` is what it takes in bytes."""
    return _answers().get(key, size, make)


def is_cached(key: Hashable) -> bool:
    """Return whether the answer to `key` is cached."""
    return key in _answers()


def _answers() -> ByteCache[Any]:
    return shared_cache("trust_tests")
