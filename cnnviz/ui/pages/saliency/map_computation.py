"""Maps made one after the other, each with a place among the server's heavy computations, with progress and a stop."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from cnnviz.attribution import Attribution
from cnnviz.errors import UserError
from cnnviz.text import Text
from cnnviz.ui.core.heavy_work import HeavyWork
from cnnviz.ui.pages.saliency import map_cost
from cnnviz.ui.pages.saliency.map_request import MapRequest, attribution_of, is_cached
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.ui.pages.saliency.trust import result_cache

T = TypeVar("T")


class StoppableWork(HeavyWork):
    """Heavy work on images that go through a network."""

    def __init__(self, key: Hashable, name: str, t: Text) -> None:
        super().__init__(key, name, t.language)

    @contextmanager
    def admitted_images(self, subject: SaliencyInput, images: int, method: str = "") -> Iterator[None]:
        """Hold a place among the server's heavy computations for `images` through the network of `subject`.

        Raises:
            UserError: `attribution_costly` or `attribution_memory`.
        """
        map_cost.check(subject, images)
        size = map_cost.peak_bytes(subject, method)
        map_cost.check_memory(size)
        with self.admitted(images * subject.spec.trace().macs, size):
            yield

    def result(
        self, key: Hashable, size: int, make: Callable[[], T], subject: SaliencyInput, images: int, method: str = ""
    ) -> T:
        """Return the answer to `key`, made in a place at the gate where it is not cached, as `admitted_images`."""
        if result_cache.is_cached(key):
            return result_cache.cached_result(key, size, make)
        with self.admitted_images(subject, images, method):
            return result_cache.cached_result(key, size, make)


def compute_maps(cases: Sequence[MapRequest], t: Text, name: str = "maps") -> list[Attribution | UserError | None]:
    """Return the map of each case, the reason why there is none, or None where the user stopped the work.

    `name` is of the work, unique among the parts of the page that ask.
    """
    found: list[Attribution | UserError | None] = []
    missing = [case for case in cases if not is_cached(case)]
    work = StoppableWork(tuple(missing), name, t)
    if missing and work.stopped:
        return [attribution_of(case) if is_cached(case) else None for case in cases]
    map_cost.draw_notice(cases, t)
    with work:
        for case in cases:
            part = len(found)

            def report(done: int, of: int, part: int = part) -> None:
                work(done, of, part, len(cases))

            try:
                if is_cached(case):
                    found.append(attribution_of(case))
                else:
                    with work.admitted_images(case.subject, map_cost.num_passes(case), case.method):
                        found.append(attribution_of(case, report))
            except UserError as error:
                found.append(error)
    return found
