"""The ready-made experiments as questions, each with its runs and their time, beside the curves."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.core import scroll_to, url
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.pages.studio.duration import describe_duration
from cnnviz.ui.pages.studio.experiment_runs import plan_experiment
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS
from cnnviz.ui.pages.studio.links import EXPERIMENT

LISTED = ("activation", "pooling", "learning-rate", "batch-norm", "overfit")
"""Questions that stand beside the curves; the time of each is known within a moment, of all only after seconds."""


def draw(t: Text) -> None:
    """Draw the first questions; a click leads to the experiment."""
    with st.container(border=True, key="questions", gap="xsmall"):
        st.markdown(f"#### {t('questions.title')}")
        for name in LISTED:
            st.button(
                f"**{t(f'experiment.{name}.title')}** · :small[{describe_cost(name, t)}]",
                key=f"question.{name}",
                type="tertiary",
                on_click=_ask,
                args=(name,),
            )
        st.button(
            t("questions.all", count=len(EXPERIMENTS)),
            key="question",
            type="tertiary",
            icon=":material/arrow_downward:",
            on_click=scroll_to.request,
            args=(run_queue.EXPERIMENT,),
        )


def describe_cost(name: str, t: Text) -> str:
    """Return how many runs an experiment has here, and about how long they take."""
    asked = plan_experiment(EXPERIMENTS[name], run_queue.shared_queue().limits)
    runs = asked.seeds * len(asked.forms)
    return t("questions.cost", runs=runs, time=describe_duration(asked.seconds, t))


def _ask(name: str) -> None:
    """Choose the experiment of a question, and lead there."""
    url.put(EXPERIMENT, name)
    scroll_to.request(run_queue.EXPERIMENT)
