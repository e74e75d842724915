"""The recorded answer of an experiment, for whoever has not trained its runs."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from cnnviz.data import dataset
from cnnviz.facts.recorded_answers import RecordedAnswer, load_answers
from cnnviz.runs.environment import describe_machine
from cnnviz.text import Text, load
from cnnviz.train.ranking import RankedSetting, rank
from cnnviz.ui.core import asking, present
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.studio import experiment_answer
from cnnviz.ui.pages.studio.duration import describe_duration
from cnnviz.ui.pages.studio.experiment_runs import plan_of, plans_digest
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS


def find_recorded(name: str) -> RecordedAnswer | None:
    """Return what was recorded of an experiment; None where nothing was, or its settings have changed since."""
    found = load_answers().get(name)
    return found if found is not None and found.plans == plans_digest(EXPERIMENTS[name]) else None


def recorded_settings(name: str, recorded: RecordedAnswer, labels: Mapping[str, str]) -> list[RankedSetting]:
    """Return the results of every setting, by the names in `labels`."""
    settings = []
    for form, counts in recorded.right.items():
        plan = plan_of(EXPERIMENTS[name][form])
        there = dataset(plan.dataset).num_test
        tested = min(plan.limit or there, there)
        shares = tuple(None if count is None else count / tested for count in counts)
        settings.append(RankedSetting(labels[form], shares, tested, plan.num_classes))
    return settings


def draw(name: str, labels: Mapping[str, str], t: Text) -> None:
    """Draw the recorded answer to the question of an experiment; nothing where none was recorded."""
    recorded = find_recorded(name)
    if recorded is None:
        return
    settings = recorded_settings(name, recorded, labels)
    with present.stage("recorded"):
        if not asking.reveal("recorded", name):
            return
        said = experiment_answer.answer(EXPERIMENTS[name], settings, rank(settings), load("verdict", t.language))
        runs = sum(map(len, recorded.right.values()))
        st.info(t.row([t("experiment.recorded", runs=runs), said]), icon=":material/lightbulb:")
        made = t(
            "example.made",
            time=describe_duration(recorded.seconds, t),
            machine=escape_markdown(describe_machine(recorded.machine, t.language)),
        )
        st.caption(t.row([made, t("experiment.again")]))
