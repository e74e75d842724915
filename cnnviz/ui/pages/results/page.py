"""The parts of the results page from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.data import dataset
from cnnviz.errors import UserError
from cnnviz.figures.accuracy_chart import MEASURES, accuracy_chart, accuracy_summary
from cnnviz.runs.environment import describe_machine
from cnnviz.text import Text
from cnnviz.ui.components.figure import draw_chart
from cnnviz.ui.components.percent_columns import format_percent
from cnnviz.ui.core import asking, present, url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.results import page_links, published_figures
from cnnviz.ui.pages.results.exercise_questions import QUESTIONS, answer, networks_of
from cnnviz.ui.pages.results.links import ONE, OTHERS, QUESTION, SET
from cnnviz.ui.pages.results.result_row import ResultRow, has_learned, row_of_card, row_of_run, short_name, user_rows
from cnnviz.ui.pages.results.table import column_formats, common_machine, point, results_csv, table


def select_dataset(t: Text) -> str:
    """Draw the menu of image sets; return the one whose results are shown."""
    runs = (record.plan.dataset for record in user_rows())
    names = tuple(dict.fromkeys((*(card.dataset for card in CHECKPOINTS.values()), *runs)))
    default = published_figures.DATASET if published_figures.DATASET in names else next(iter(names), "")

    def say(name: str) -> str:
        return escape_markdown(dataset(name).describe("title", t.language) or name)

    return url.select(SET.among(names, default), t("set.label"), say, style="segments")


def select_rows(name: str, t: Text) -> list[ResultRow]:
    """Draw the questions and the answer; return the networks of the chosen one, and the user's runs beside all
    of them."""
    cards = [card for card in CHECKPOINTS.values() if card.dataset == name]
    here = {"*", *map(short_name, cards)} if len(cards) > 1 else set()
    questions = tuple(each for each, wanted in QUESTIONS.items() if here.issuperset(wanted))
    question = url.select(
        QUESTION.among(questions, "all"), t("question.label"), lambda each: t(f"question.{each}"), style="pills"
    )
    said = answer(question, cards, dataset(name).num_test, t)
    if said:
        with present.stage("answer"):
            st.markdown(f"**{t(f'question.{question}')}**")
            if asking.reveal("answer", (name, question)):
                st.markdown(escape_markdown(said))
    rows = [row_of_card(card) for card in networks_of(question, cards)]
    if question == "all":
        for record in user_rows():
            if record.plan.dataset == name:
                with suppress(UserError):  # its folder is being removed
                    rows.append(row_of_run(record, t))
    return rows


def draw_table(rows: Sequence[ResultRow], name: str, t: Text) -> None:
    """Draw the numbers, sortable, and as a file."""
    st.dataframe(
        format_percent(table(rows, t), t("table.accuracy")),
        height="content",
        hide_index=True,
        column_config=column_formats(t),
        placeholder="–",
    )
    st.download_button(
        t("table.download"),
        results_csv(rows),
        f"results-{name}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    where = common_machine(rows)
    told = (
        [] if where is None else [t("table.trained_on", machine=escape_markdown(describe_machine(where, t.language)))]
    )
    epochs = [row.epochs for row in rows if not row.own]
    if epochs:
        told.append(t("table.note", low=min(epochs), high=max(epochs)))
    st.caption(t.row(told))


def draw_charts(rows: Sequence[ResultRow], name: str, t: Text) -> None:
    """Draw accuracy against parameters and against multiply-adds, beside the published figures where the set
    is theirs."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="chart-head"):
        with st.container(width="content"):
            st.header(t("chart.title"))
        others = name == published_figures.DATASET and url.toggle(OTHERS, t("chart.others"))
    drawn = [row for row in rows if not row.own or has_learned(row)] or list(rows)
    points = [point(row, t) for row in drawn]
    if others:
        points += published_figures.points()
    for column, measure in zip(st.columns(2), MEASURES, strict=True):
        with column:
            draw_chart(
                accuracy_chart(points, measure, t),
                key=measure,
                alt=accuracy_summary(points, measure, t),
                t=t,
                caption=dataset(name).describe("title", t.language) or name,
            )
    if len(drawn) < len(rows):
        st.caption(t("chart.guessing", count=len(rows) - len(drawn)))


def draw_one(rows: Sequence[ResultRow], t: Text) -> None:
    """Draw one network: how it was made, and the ways on."""
    known = {row.name: row for row in rows}
    name = url.select(
        ONE.among(tuple(known)), t("one.label"), lambda name: known[name].label if known[name].own else name
    )
    row = known[name]
    training = row.model.info.training
    page_links.draw_page_links(row, t)
    st.markdown(
        t(
            "one.made",
            name=escape_markdown(row.label),
            seconds=f"{row.seconds:,.0f}",
            machine=escape_markdown(describe_machine(row.machine, t.language)),
            seed=training.settings["seed"] if training is not None else 0,
            versions=escape_markdown(t.listed(f"{name} {each}" for name, each in row.versions.items())),
        )
    )
    st.code(row.command, language="bash", wrap_lines=True)
