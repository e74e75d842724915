"""Published figures beside this project's own, with what keeps the two from being one comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from cnnviz.checkpoints import Card
from cnnviz.facts.published import PUBLISHED, PublishedTraining
from cnnviz.figures.accuracy_chart import NetworkPoint
from cnnviz.models.spec import ModelSpec
from cnnviz.text import Text
from cnnviz.trace.record import Trace
from cnnviz.ui.components.percent_columns import format_percent
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.results import differences
from cnnviz.ui.pages.results.result_row import row_label, short_name
from cnnviz.ui.pages.results.table import column_formats
from cnnviz.zoo import architecture

DATASET = "fashion_mnist"
"""The set that every published figure is about."""


def facts(run: PublishedTraining) -> Trace:
    """Return parameters and multiply-adds of the network that was published, by the tracer."""
    return ModelSpec.of(run.architecture, run.options, run.size).trace()


def points() -> list[NetworkPoint]:
    """Return the published figures as points of a chart."""
    return [
        NetworkPoint(
            run.label,
            architecture(run.architecture).title,
            facts(run).num_params,
            facts(run).macs,
            run.test_accuracy,
            published=True,
        )
        for run in PUBLISHED
    ]


def draw(cards: Sequence[Card], t: Text) -> None:
    """Draw the table of published figures, each above its counterpart here, and what differs between the two."""
    ours = {short_name(card): card for card in cards if card.dataset == DATASET}
    st.dataframe(
        format_percent(table(ours, t), t("table.accuracy"), t("table.train_accuracy")),
        height="content",
        hide_index=True,
        column_config=column_formats(t),
        placeholder="–",
    )
    pairs = ((run, counterpart(run, ours)) for run in PUBLISHED)
    lines = [
        f"- **{escape_markdown(run.label)}** – {escape_markdown(describe_differences(run, card, t))}"
        for run, card in pairs
        if card
    ]
    if lines:
        st.markdown("\n".join([t("beside.differ"), "", *lines]))
    st.caption(t("beside.vgg"))


def counterpart(run: PublishedTraining, ours: Mapping[str, Card]) -> Card | None:
    """Return the likest network among `ours`, by name without their set; None where there is none."""
    return next((ours[name] for name in run.beside if name in ours), None)


def table(ours: Mapping[str, Card], t: Text) -> pd.DataFrame:
    """Return the rows of `draw`: those published, then the networks here that stand beside them."""
    rows: list[dict[str, Any]] = [
        {
            t("table.network"): run.label,
            t("table.source"): t(f"source.{run.source}.title"),
            t("table.accuracy"): run.test_accuracy,
            t("table.train_accuracy"): run.train_accuracy,
            t("table.params"): facts(run).num_params,
            t("table.macs"): facts(run).macs,
            t("table.speed"): run.images_per_second,
            t("table.epochs"): run.epochs,
            t("table.input"): f"{run.size}×{run.size}",
        }
        for run in PUBLISHED
    ]
    found = (counterpart(run, ours) for run in PUBLISHED)
    rows += [_own(card, t) for card in {card.name: card for card in found if card}.values()]
    return pd.DataFrame(rows)


def describe_differences(run: PublishedTraining, card: Card, t: Text) -> str:
    """Return the differences between a published training and the network here."""
    apart = differences.differences(
        differences.facts_of_published(run, facts(run).num_params), differences.facts_of_card(card)
    )
    return t("beside.line", name=row_label(card), listed=differences.describe(apart, run.architecture, t))


def _own(card: Card, t: Text) -> dict[str, object]:
    return {
        t("table.network"): row_label(card),
        t("table.source"): t("source.ours.title"),
        t("table.accuracy"): card.test_accuracy,
        t("table.train_accuracy"): None,
        t("table.params"): card.num_params,
        t("table.macs"): card.macs,
        t("table.speed"): round(card.images_per_second),
        t("table.epochs"): card.epochs,
        t("table.input"): "×".join(map(str, card.input_shape[1:])),
    }
