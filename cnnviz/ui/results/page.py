"""The parts of the results page from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.figures.results import MEASURES, accuracy_chart, accuracy_summary
from cnnviz.text import Text
from cnnviz.ui import address, shell
from cnnviz.ui.plain import plain
from cnnviz.ui.results import beside
from cnnviz.ui.results.questions import QUESTIONS, answer, asked
from cnnviz.ui.results.table import formats, label, point, results_csv, short_name, table

if TYPE_CHECKING:
    from cnnviz.checkpoints import Card


def pick_set(t: Text) -> str:
    """The image set whose results are shown."""
    from cnnviz.checkpoints import CHECKPOINTS
    from cnnviz.data import dataset

    names = tuple(dict.fromkeys(card.dataset for card in CHECKPOINTS.values()))
    default = beside.DATASET if beside.DATASET in names else next(iter(names), "")
    address.seed("set", default, address.one_of(names))
    name = st.segmented_control(t("set.label"), names, key="set", required=True, wrap=True,
                                format_func=lambda name: dataset(name).describe("title", t.language) or name)
    return address.keep("set", name, default)


def pick_cards(name: str, t: Text) -> list[Card]:
    """The networks that the chosen question is about, with its answer."""
    from cnnviz.checkpoints import CHECKPOINTS
    from cnnviz.data import dataset

    cards = [card for card in CHECKPOINTS.values() if card.dataset == name]
    here = {"*", *map(short_name, cards)} if len(cards) > 1 else set()
    questions = tuple(each for each, wanted in QUESTIONS.items() if here.issuperset(wanted))
    address.seed("question", "all", address.one_of(questions))
    if st.session_state["question"] not in questions:
        st.session_state["question"] = "all"
    question = st.pills(t("question.label"), questions, key="question", required=True,
                        format_func=lambda each: t(f"question.{each}"))
    address.keep("question", question, "all")
    said = answer(question, cards, dataset(name).num_test, t)
    if said:
        st.markdown(plain(said))
    return asked(question, cards)


def draw_table(cards: Sequence[Card], name: str, t: Text) -> None:
    """The numbers, sortable, and as a file."""
    st.dataframe(table(cards, t), hide_index=True, column_config=formats(t))
    st.download_button(t("table.download"), results_csv(cards), f"results-{name}.csv", "text/csv",
                       icon=":material/download:", on_click="ignore")
    st.caption(t("table.note"))


def draw_charts(cards: Sequence[Card], name: str, t: Text) -> None:
    """Accuracy against parameters and against multiply-adds; with the published figures where the set is theirs."""
    points = [point(card) for card in cards]
    if name == beside.DATASET:
        address.seed("others", False, address.one_of((True, False), _flag))
        address.keep("others", st.toggle(t("chart.others"), key="others"), False, _flag)
        points += beside.points() if st.session_state["others"] else []
    for column, measure in zip(st.columns(2), MEASURES, strict=True):
        column.plotly_chart(accuracy_chart(points, measure, t), key=measure, config={"displayModeBar": False},
                            alt=accuracy_summary(points, measure, t))


def draw_one(cards: Sequence[Card], t: Text) -> None:
    """One network: how it was made, and the ways on."""
    from cnnviz.ui.mistakes.subject import of_card

    names = [card.name for card in cards]
    address.seed("one", names[0], address.one_of(names))
    if st.session_state["one"] not in names:
        st.session_state["one"] = names[0]
    name = st.selectbox(t("one.label"), names, key="one")
    card = cards[names.index(address.keep("one", name, names[0]))]
    subject = of_card(card)
    with st.container(horizontal=True):
        shell.page_link("mistakes", t("one.mistakes"), **subject.weights.query())
        shell.page_link("walkthrough", t("one.walk"), **subject.query(), image=card.dataset, n="0")
        shell.page_link("architectures", t("one.architecture"), **subject.network.query())
    st.markdown(t("one.made", name=plain(label(card)), machine=plain(card.machine), seconds=f"{card.seconds:,.0f}",
                  seed=card.seed, versions=plain(", ".join(f"{name} {each}" for name, each in card.versions.items()))))
    st.code(card.command, language="bash", wrap_lines=True)


def _flag(value: bool) -> str:
    return "1" if value else "0"
