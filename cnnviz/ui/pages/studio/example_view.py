"""The recorded experiment on the page: its question, its curves with a player, its kernels and its answer.

Nothing here loads torch: this is what a user sees first.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

import streamlit as st

from cnnviz.facts.recorded_experiment import RecordedExperiment, load_recording
from cnnviz.figures.palette import MARKERS
from cnnviz.runs.environment import describe_machine
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.components.figure import page_object
from cnnviz.ui.core import asking, present, url
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_message import pack_message
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs.run_queue import EXAMPLE, RUN
from cnnviz.ui.pages.studio.duration import describe_duration
from cnnviz.ui.pages.studio.example_answer import describe_answer, setting_name

example_component = component("cnnviz_example", "pages/studio/js/example.js", "pages/studio/example.css")
kernels_component = component("cnnviz_example_kernels", "pages/studio/js/kernels.js", "pages/studio/example.css")


def is_asked_for(records: Sequence[object]) -> bool:
    """Return whether the example is to be shown: the link or the menu says so, or there is no run."""
    run = url.value(RUN)
    return run == EXAMPLE or (run is None and not records)


def draw_picture(t: Text) -> None:
    """Draw the question, the curves with their player, and the kernels, which follow it."""
    recording = load_recording()
    values = [recording.kernels[setting] for setting in recording.settings]
    question = t("example.question")
    with st.container(gap="xsmall", key="picture"):
        st.header(question, anchor=False)
        st.caption(t("example.note", runs=len(recording.runs)))
        with page_object("curve", t, caption=question, steps="drawing"):
            example_component(key="example", data=describe_curves(recording, t))
        kernels = describe_kernels(recording, t)
        with page_object("kernels", t, caption=question, steps="drawing"):
            kernels_component(key="example-kernels", data=pack_message(kernels, *values))


def draw_answer(t: Text) -> None:
    """Draw the card that answers the question."""
    recording = load_recording()
    with st.container(border=True, key="answer"), present.stage("answer"):
        st.markdown(f"#### {t('example.shows')}")
        if not asking.reveal("example", recording.name):
            return
        st.markdown(describe_answer(recording, t))
        machine = escape_markdown(describe_machine(recording.machine, t.language))
        made = t("example.made", time=describe_duration(recording.seconds, t), machine=machine)
        st.caption(t.row([t(f"experiment.{recording.name}.question"), made]))


def describe_curves(recording: RecordedExperiment, t: Text) -> dict[str, object]:
    """Return what the component of the curves draws."""
    settings = []
    for place, setting in enumerate(recording.settings):
        seeds = [recording.accuracies(run) for run in recording.runs_of(setting)]
        settings.append(
            {
                "name": setting_name(recording, setting, t),
                "symbol": MARKERS[place],
                "mean": [mean(shares) for shares in zip(*seeds, strict=True)],
                "seeds": seeds,
            }
        )
    chance = percent(1 / recording.num_classes)
    names = [str(one["name"]) for one in settings]
    ends = [f"{name} {percent(one['mean'][-1])}" for name, one in zip(names, settings, strict=True)]
    return {
        "language": t.language,
        "words": {
            "play": t("example.play"),
            "pause": t("do.pause.label"),
            "slider": t("chart.epochs"),
            "at": t("example.at"),
        },
        "alt": t("chart.alt", measure=t("number.tested"), ends=t.clauses(ends)),
        "axis": t("number.tested"),
        "unit": t("example.unit"),
        "epochs": recording.epochs,
        "guess": {"share": 1 / recording.num_classes, "label": t("example.guessing", share=chance)},
        "settings": settings,
    }


def describe_kernels(recording: RecordedExperiment, t: Text) -> dict[str, object]:
    """Return the header of the message with the kernels."""
    names = [setting_name(recording, setting, t) for setting in recording.settings]
    return {
        "language": t.language,
        "settings": [{"name": name, "symbol": MARKERS[place]} for place, name in enumerate(names)],
        "shape": recording.kernel_shape,
        "caption": t("example.kernels", layer=recording.layer, seed=recording.kernel_seed),
        "alt": [t("example.kernels_of", layer=recording.layer, name=name) for name in names],
    }
