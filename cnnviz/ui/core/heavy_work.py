"""Heavy work of a page: a place among the server's heavy computations, progress, and a stop."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Self, TypeVar

import streamlit as st

from cnnviz.text import load
from cnnviz.ui.core import admission
from cnnviz.ui.core.memory_budget import shared_cache

T = TypeVar("T")

_STOPPED = "heavy.stopped"
"""By name, the key of the work that the user stopped."""
QUIET = 0.4
"""Seconds before a progress bar appears."""
EVERY = 0.15
"""Seconds between two looks at whether the user has done something else."""


class HeavyWork:
    """Work that the user can stop: `with` it, or ask `stopped` before it begins.

    Streamlit leaves a script where the user acts and the script next draws something; so each report draws.
    """

    def __init__(self, key: Hashable, name: str, language: str) -> None:
        self.key, self.name, self.language = key, name, language
        self._began = self._drawn = monotonic()
        self._place: Any = None
        self._bar: Any = None

    @property
    def was_stopped(self) -> bool:
        """Return whether the user stopped this very work."""
        return bool(st.session_state.get(_STOPPED, {}).get(self.name) == self.key)

    @property
    def stopped(self) -> bool:
        """Return whether the user stopped this very work; if so, draw that, and an offer to begin again."""
        if not self.was_stopped:
            return False
        t = load("admission", self.language)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(t("stopped"), icon=":material/stop_circle:")
            st.button(t("again"), key=f"again.{self.name}", on_click=resume, args=(self.name,))
        return True

    def __call__(self, done: float, of: float, part: int = 0, parts: int = 1) -> None:
        """Show progress: `done` of `of` in part number `part` of `parts`."""
        share = min(1.0, (part + done / max(of, 1)) / max(parts, 1))
        self.show(share, load("admission", self.language)("progress", percent=round(100 * share)))

    def show(self, share: float, said: str) -> None:
        """Show that `share` of the work is done, with a sentence, now and then."""
        now = monotonic()
        if now - self._began >= QUIET and now - self._drawn >= EVERY:
            self._drawn = now
            self._draw(share, said)

    @contextmanager
    def admitted(self, macs: int, size: int) -> Iterator[None]:
        """Hold a place among the server's heavy computations for one of `macs` multiply-adds and `size` bytes.

        What is done in a moment waits for nobody; else the place in line is shown until the turn comes.
        """
        if admission.is_light(macs, size):
            yield
            return
        with admission.admitted(macs, size, self._in_line):
            yield

    def _in_line(self, place: int) -> None:
        self._draw(0.0, admission.describe_position(place, self.language))

    def _draw(self, share: float, said: str) -> None:
        if self._bar is None:
            self._place = st.empty()
            with self._place.container(horizontal=True, vertical_alignment="center"):
                self._bar = st.empty()
                st.button(
                    load("admission", self.language)("stop"),
                    key=f"stop.{self.name}",
                    icon=":material/stop_circle:",
                    on_click=stop,
                    args=(self.name, self.key),
                )
        self._bar.progress(share, said)

    def __enter__(self) -> Self:
        self._began = self._drawn = monotonic()
        return self

    def __exit__(self, *problem: object) -> None:
        if self._place is not None and problem[0] is None:
            self._place.empty()


def heavy_value(budget: str, key: Hashable, size: int, make: Callable[[], T], macs: int, peak: int, language: str) -> T:
    """Return the value at `key` of the cache within `budget`, made in a place at the gate where it is not held.

    Args:
        budget: name of the cache's budget.
        key: of the value.
        size: bytes of the value.
        make: makes it.
        macs: multiply-adds of making it.
        peak: bytes that making it takes at its peak.
        language: of the sentence that tells the place in line.
    """
    cache = shared_cache(budget)
    if key in cache:
        return cache.get(key, size, make)
    with admission.heavy_computation(macs, peak, language):
        return cache.get(key, size, make)


def stop(name: str, key: Hashable) -> None:
    """Remember that the user stopped the work `name` on `key`: for a callback."""
    st.session_state[_STOPPED] = {**st.session_state.get(_STOPPED, {}), name: key}


def resume(name: str) -> None:
    """Forget that the user stopped the work `name`: for a callback."""
    st.session_state[_STOPPED] = {
        other: key for other, key in st.session_state.get(_STOPPED, {}).items() if other != name
    }
