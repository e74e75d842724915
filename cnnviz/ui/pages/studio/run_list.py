"""The list of runs: the watched one, those drawn beside it, and the files that leave this page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from typing import Any

import pandas as pd
import streamlit as st

from cnnviz.errors import UserError
from cnnviz.runs.export import metrics_csv, tensorboard_zip, weights_file
from cnnviz.runs.run_record import ALIVE, RunRecord
from cnnviz.runs.script import script
from cnnviz.text import Text
from cnnviz.ui.core import url, url_state
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.inputs.run_queue import ALSO, EXAMPLE, RUN
from cnnviz.ui.pages.studio.links import MOST_BESIDE

LISTED = 50
"""The newest runs that are offered."""
_SHOWN = "studio.shown"


def select_runs(records: Sequence[RunRecord], t: Text) -> tuple[str, ...]:
    """Return the ids of the run that is watched and of those drawn beside it; the recorded example stands among them,
    and no menu is drawn where there is nothing else."""
    known = {record.id: record.title for record in records[:LISTED]}
    newest = next(iter(known), None)
    url.value(ALSO)
    chosen = url.value(RUN.usual(newest))
    if chosen not in (None, EXAMPLE) and chosen not in known:
        try:
            known[chosen] = run_queue.shared_queue().store.find(chosen).title
        except UserError:
            url_state.note_wrong(RUN.name, chosen)
            url.put(RUN, newest)
    for also in st.session_state["also"][:MOST_BESIDE]:  # of whoever sent the link
        if also not in known:
            with suppress(UserError):
                known[also] = run_queue.shared_queue().store.find(also).title
    if not known:
        return (EXAMPLE,)
    if st.session_state["run"] is None:
        url.put(RUN, newest or EXAMPLE)
    known[EXAMPLE] = t("example.name", question=t("example.question"))
    first, second = st.columns(2)
    with first:
        names = tuple(known)
        chosen = st.selectbox(
            t("run.label"),
            names,
            names.index(st.session_state["run"]),
            key=_widget_key("run", known),
            format_func=lambda run: known.get(run, run),
        )
    st.session_state["run"] = st.session_state[f"{_SHOWN}.run"] = chosen
    url.keep(RUN, chosen)
    others = () if chosen == EXAMPLE else tuple(run for run in known if run not in (chosen, EXAMPLE))
    st.session_state["also"] = [run for run in st.session_state["also"] if run in others][:MOST_BESIDE]
    with second:
        also = st.multiselect(
            t("also.label"),
            others,
            st.session_state["also"],
            key=_widget_key("also", known),
            placeholder=t("also.choose" if others else "also.none"),
            max_selections=MOST_BESIDE,
            help=t("also.help"),
            format_func=lambda run: known.get(run, run),
        )
    st.session_state["also"] = st.session_state[f"{_SHOWN}.also"] = also
    url.keep(ALSO, also)
    return (chosen, *also)


def _widget_key(name: str, titles: dict[str, str]) -> str:
    """Return the key of the menu for the value at `name`: another one whenever anything but the menu has changed that
    value, or a run has another title.

    A browser that has not heard of the change yet goes on sending what its menu held before, with every look at the
    run; under another key nobody listens to that. And it goes on showing the old title of the chosen run.
    """
    turn, shown = f"{_SHOWN}.{name}.turn", f"{_SHOWN}.{name}.titles"
    st.session_state.setdefault(turn, 0)
    before: dict[str, str] = st.session_state.get(shown, {})
    renamed = any(before.get(run, title) != title for run, title in titles.items())
    if renamed or st.session_state[name] != st.session_state.get(f"{_SHOWN}.{name}"):
        st.session_state[turn] += 1
    st.session_state[shown] = dict(titles)
    return f"{name}.{st.session_state[turn]}"


def table(records: Sequence[RunRecord], t: Text) -> pd.DataFrame:
    """Return one row per run with what tells it apart and how far it came."""
    return pd.DataFrame(
        [
            {
                t("table.name"): record.title,
                t("table.status"): record.describe_status(t.language),
                t("table.epochs"): record.plan.config.epochs,
                t("setting.learning_rate.label"): record.plan.config.learning_rate,
                t("setting.batch_size.label"): record.plan.config.batch_size,
                t("setting.seed.label"): record.plan.config.seed,
                t("table.accuracy"): None
                if record.status in ALIVE or record.test_accuracy is None
                else round(100 * record.test_accuracy, 1),
                t("table.speed"): None
                if record.status in ALIVE or not record.images_per_second
                else round(record.images_per_second),
            }
            for record in records[:LISTED]
        ]
    )


def draw_run_actions(record: RunRecord, after: str | None, t: Text) -> None:
    """Draw the ways to rename, export and delete one run."""
    name = record.name or record.id[:8]
    none = record.step == 0
    mine = run_queue.is_owner(record)
    files: list[tuple[str, Callable[[], Any], str, str, bool]] = [
        ("csv", partial(metrics_csv, record), "csv", "text/csv", none),
        ("weights", partial(weights_file, record), "safetensors", "application/octet-stream", none),
        ("script", partial(script, record), "py", "text/x-python", False),
    ]
    if find_spec("tensorboard"):
        files.append(("tensorboard", partial(tensorboard_zip, record), "tensorboard.zip", "application/zip", none))
    with st.container(horizontal=True):
        for kind, data, ending, mime, disabled in files:
            st.download_button(
                t(f"export.{kind}"),
                data,
                f"{name}.{ending}",
                mime,
                icon=":material/download:",
                on_click="ignore",
                disabled=disabled,
                key=f"export.{kind}",
            )
        if not find_spec("tensorboard"):
            st.popover(t("export.tensorboard"), icon=":material/download:").markdown(t("export.tensorboard_how"))
        if mine:
            with st.popover(t("rename.label"), icon=":material/edit:"):
                key = f"rename.{record.id}"
                st.text_input(
                    t("rename.name"),
                    record.name,
                    key=key,
                    max_chars=80,
                    on_change=lambda: run_queue.rename_run(record.id, st.session_state[key]),
                )
            # under a key of its own, so that it closes with its run
            with st.popover(t("delete.label"), icon=":material/delete:", key=f"delete.{record.id}"):
                st.button(
                    t("delete.sure", name=escape_markdown(record.title)),
                    key="delete",
                    on_click=run_queue.delete_run,
                    args=(record.id, record.title, after),
                )
    if mine and run_queue.shared_queue().store.hosted:
        st.caption(t("run.link"))


def draw_undo(t: Text) -> None:
    """Draw the line that says which run was deleted, with the button that brings it back; for a part that redraws
    itself."""
    run_queue.reload_if_asked()
    found = run_queue.deleted_run()
    if found is None:
        return
    run_id, name = found
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("delete.done", name=escape_markdown(name)), width="content")
        st.button(t("delete.undo"), key="undo", icon=":material/undo:", on_click=run_queue.restore_run, args=(run_id,))
