"""Maps made one after the other, each with a place among the server's heavy computations, with progress and a stop."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

import streamlit as st

from cnnviz.attribution import Attribution
from cnnviz.errors import UserError
from cnnviz.text import Text
from cnnviz.ui.core.admission import describe_position, heavy_gate, session_id
from cnnviz.ui.pages.saliency import map_cost
from cnnviz.ui.pages.saliency.map_request import MapRequest, attribution_of, is_cached
from cnnviz.ui.pages.saliency.subject import SaliencyInput

_STOPPED = "saliency.stopped"
QUIET = 0.4
"""Seconds before a progress bar appears."""
EVERY = 0.15
"""Seconds between two looks at whether the reader has done something else."""

Report = Callable[[int, int], None]


class StoppableWork:
    """Work that the user can stop: `with` it, or ask `stopped` before it begins.

    Streamlit leaves a script where the reader acts and the script next draws something; so each report draws.
    """

    def __init__(self, key: Hashable, name: str, t: Text) -> None:
        self.key, self.name, self.t = key, name, t
        self._began = self._drawn = monotonic()
        self._place: Any = None
        self._bar: Any = None

    @property
    def stopped(self) -> bool:
        """Return whether the user stopped this very work; if so, draw that, and an offer to begin again."""
        if st.session_state.get(_STOPPED) != self.key:
            return False
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(self.t("work.stopped"), icon=":material/stop_circle:")
            st.button(self.t("work.again"), key=f"again.{self.name}", on_click=_resume)
        return True

    def __call__(self, done: int, of: int, part: int = 0, parts: int = 1) -> None:
        """Show progress: `done` of `of` in part number `part` of `parts`."""
        now = monotonic()
        if now - self._began < QUIET or now - self._drawn < EVERY:
            return
        self._drawn = now
        share = min(1.0, (part + done / max(of, 1)) / max(parts, 1))
        self._draw(share, self.t("work.progress", percent=round(100 * share)))

    @contextmanager
    def admitted(self, subject: SaliencyInput, images: int, method: str = "") -> Iterator[None]:
        """Hold a place among the server's heavy computations for `images` through the network of `subject`.

        What is done in a moment waits for nobody; else the place in line is shown until the turn comes.

        Raises:
            UserError: `attribution_costly` or `attribution_memory`.
        """
        map_cost.check(subject, images)
        size = map_cost.peak_bytes(subject, method)
        map_cost.check_memory(size)
        if map_cost.is_light(subject, images, size):
            yield
            return
        with heavy_gate().admitted(session_id(), size, self._in_line):
            yield

    def _in_line(self, place: int) -> None:
        self._draw(0.0, describe_position(place, self.t.language))

    def _draw(self, share: float, said: str) -> None:
        if self._bar is None:
            self._place = st.empty()
            with self._place.container(horizontal=True, vertical_alignment="center"):
                self._bar = st.empty()
                st.button(
                    self.t("work.stop"),
                    key=f"stop.{self.name}",
                    icon=":material/stop_circle:",
                    on_click=_stop,
                    args=(self.key,),
                )
        self._bar.progress(share, said)

    def __enter__(self) -> StoppableWork:
        self._began = self._drawn = monotonic()
        return self

    def __exit__(self, *problem: object) -> None:
        if self._place is not None and problem[0] is None:
            self._place.empty()


def compute_maps(cases: Sequence[MapRequest], t: Text) -> list[Attribution | UserError | None]:
    """Return the map of each case, the reason why there is none, or None where the user stopped the work."""
    found: list[Attribution | UserError | None] = []
    missing = [case for case in cases if not is_cached(case)]
    work = StoppableWork(tuple(missing), "maps", t)
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
                    with work.admitted(case.subject, map_cost.num_passes(case), case.method):
                        found.append(attribution_of(case, report))
            except UserError as error:
                found.append(error)
    return found


def _stop(key: Hashable) -> None:
    st.session_state[_STOPPED] = key


def _resume() -> None:
    st.session_state.pop(_STOPPED, None)
