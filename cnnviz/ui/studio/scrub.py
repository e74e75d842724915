"""The one slider that leads curves, maps, filters and minibatches back through the steps of a run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui import address

if TYPE_CHECKING:
    from cnnviz.runs.history import History
    from cnnviz.runs.record import RunRecord

KEY = "at"
LARGEST = 10**9
_RUN = "studio.at.run"


def slide(record: RunRecord, steps: Sequence[int], t: Text) -> int | None:
    """The saved step that the reader looks at; None where none is saved.

    The slider reaches from the first weights to the end of the run, whose right end means the latest step: so it
    stays as it is while the run goes on, and nobody's hand is moved.
    """
    if not steps or not record.steps:
        return None
    end = record.steps
    asked = address.seed(KEY, end, address.whole(0, LARGEST))
    another = st.session_state.get(_RUN, record.id) != record.id
    st.session_state[_RUN] = record.id
    if another or asked > end:
        st.session_state[KEY] = end
    at = st.slider(t("scrub.label"), 0, end, address.held(KEY), key=KEY, help=t("scrub.help", count=len(steps)))
    address.keep(KEY, at, end)
    return nearest(steps, at)


def nearest(steps: Sequence[int], asked: int) -> int:
    """The last of `steps`, which ascend, that is not beyond `asked`; the first where all are."""
    return steps[max(0, bisect_right(steps, asked) - 1)]


def say(step: int, epoch: float, history: History, t: Text) -> None:
    """What the run had come to at `step`."""
    columns = history.steps
    place = bisect_right(columns["step"], step) - 1
    if place < 0:
        st.caption(t("scrub.first"))
        return
    tests = bisect_right(history.epochs["step"], step) - 1
    tested = "–" if tests < 0 else percent(history.epochs["test_accuracy"][tests])
    st.caption(t("scrub.say", step=step, epoch=epoch, loss=columns["loss"][place],
                 accuracy=percent(columns["accuracy"][place]), tested=tested))
