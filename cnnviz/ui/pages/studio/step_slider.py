"""The one slider that leads curves, maps, filters and minibatches back through the steps of a run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import streamlit as st

from cnnviz.runs.checkpoint import saved_steps
from cnnviz.runs.history import History
from cnnviz.runs.run_record import ALIVE, RunRecord
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.core import url
from cnnviz.ui.pages.studio.links import STEP

KEY = STEP.name
AT_REST = ("paused", "finished", "cancelled")
"""The statuses in which the checkpoint holds the weights after the run's last step."""
_RUN = "studio.at.run"
"""Where the session holds the run, the right end and the place that the slider had last."""


def saved_steps_of(record: RunRecord) -> tuple[int, ...]:
    """Return the steps whose weights can be looked at: those kept along the way, and where the run rests its last one
    too."""
    steps = saved_steps(record.folder)
    if steps and record.status in AT_REST and record.step > steps[-1]:
        return (*steps, record.step)
    return steps


def select_step(record: RunRecord, steps: Sequence[int], t: Text) -> int | None:
    """Draw the slider; return the saved step that the user looks at, None where none is saved.

    The slider reads what it leads to: let go of between two saved steps, it moves to one of them. Its right end means
    the latest step, as its label says while the run goes on: then it lies at the step reached or a little before it.
    """
    if not steps or not record.steps:
        return None
    goes_on = record.status in ALIVE
    end = slider_end(steps[-1], record.steps) if goes_on else steps[-1]
    if not end:
        return steps[0]
    step = STEP.usual(end)
    asked = url.value(step)
    run, end_before, before = st.session_state.get(_RUN, (record.id, end, end))
    latest = run != record.id or asked >= end or asked == end_before
    place = end if latest else _resolve_step((*(step for step in steps if step < end), end), asked, before)
    st.session_state[_RUN] = record.id, end, place
    if place != asked:  # else nothing is set: a value that is set moves the slider under a hand
        st.session_state[KEY] = place
    label = t("scrub.going") if goes_on else t("scrub.label")
    at = st.slider(label, 0, end, st.session_state[KEY], key=KEY, help=t("scrub.help", count=len(steps)))
    url.keep(step, at)
    return steps[-1] if at >= end else step_at_or_before(steps, at)


def slider_end(step: int, steps: int) -> int:
    """Return the end of the slider when `step` of `steps` are done: the last full tenth of them, in the first tenth a
    power of two. A slider whose end moves slips from the hand that holds it, so it moves seldom.

    >>> [slider_end(step, 2350) for step in (0, 1, 7, 240, 1184, 2350)]
    [0, 1, 4, 235, 1175, 2350]
    """
    tenth = max(1, steps // 10)
    if step >= tenth:
        return step - step % tenth
    return 1 << (step.bit_length() - 1) if step else 0


def step_at_or_before(steps: Sequence[int], asked: int) -> int:
    """Return the last of `steps`, which ascend, that is not beyond `asked`; the first where all are."""
    return steps[max(0, bisect_right(steps, asked) - 1)]


def _resolve_step(steps: Sequence[int], asked: int, before: int) -> int:
    """Return the saved step for a slider that was moved from `before` to `asked`: a key that moves it on by one leads
    on."""
    place = step_at_or_before(steps, asked)
    return steps[bisect_right(steps, place)] if asked > before == place else place


def draw_status(step: int, epoch: float, history: History, t: Text) -> None:
    """Draw the loss and accuracy of the run at `step`."""
    columns = history.steps
    place = bisect_right(columns["step"], step) - 1
    if place < 0:
        st.caption(t("scrub.first"))
        return
    tests = bisect_right(history.epochs["step"], step) - 1
    tested = "–" if tests < 0 else percent(history.epochs["test_accuracy"][tests])
    st.caption(
        t(
            "scrub.say",
            step=step,
            epoch=epoch,
            loss=columns["loss"][place],
            accuracy=percent(columns["accuracy"][place]),
            tested=tested,
        )
    )
