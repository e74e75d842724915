"""A row per trained network, from its card: on the page, as a file, and as points of a chart."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.figures.results import NetworkPoint
from cnnviz.text import Text

if TYPE_CHECKING:
    import pandas as pd

    from cnnviz.checkpoints import Card

CSV_COLUMNS = ("name", "architecture", "dataset", "input", "params", "macs", "test_accuracy", "test_loss", "epochs",
               "seconds", "seconds_per_epoch", "images_per_second", "machine", "bytes", "command")


def short_name(card: Card) -> str:
    """The checkpoint's name without its set: `resnet-18`."""
    return card.name.removesuffix(f"-{card.dataset}")


def label(card: Card) -> str:
    """The network's title and its variant: "LeNet BN", "VGG small 224"."""
    from cnnviz.zoo import architecture

    variant = short_name(card).removeprefix(card.architecture).strip("-").replace("bn", "BN").replace("-", " ")
    return f"{architecture(card.architecture).title} {variant}".strip()


def seconds_per_epoch(card: Card) -> float:
    """Of training, testing included."""
    return card.seconds / card.epochs


def point(card: Card) -> NetworkPoint:
    """The network in a chart."""
    from cnnviz.zoo import architecture

    return NetworkPoint(label(card), architecture(card.architecture).title, card.num_params, card.macs,
                        card.test_accuracy)


def table(cards: Sequence[Card], t: Text) -> pd.DataFrame:
    """The rows in the reader's words, numbers as numbers."""
    import pandas as pd

    return pd.DataFrame([{
        t("table.network"): label(card), t("table.params"): card.num_params, t("table.macs"): card.macs,
        t("table.accuracy"): card.test_accuracy, t("table.seconds"): seconds_per_epoch(card),
        t("table.speed"): card.images_per_second, t("table.epochs"): card.epochs,
        t("table.input"): "×".join(map(str, card.input_shape)), t("table.bytes"): card.bytes / 1000,
        t("table.machine"): card.machine,
    } for card in cards])


def formats(t: Text) -> dict[str, Any]:
    """How the columns are written, and what they say when asked."""
    number = st.column_config.NumberColumn
    return {
        t("table.params"): number(format="localized", help=t("table.params_help")),
        t("table.macs"): number(format="localized", help=t("table.macs_help")),
        t("table.accuracy"): number(format="percent", help=t("table.accuracy_help")),
        t("table.seconds"): number(format="%.1f", help=t("table.seconds_help")),
        t("table.speed"): number(format="%.0f", help=t("table.speed_help")),
        t("table.bytes"): number(format="%.0f", help=t("table.bytes_help")),
    }


def results_csv(cards: Sequence[Card]) -> str:
    """The rows for other programs: English column names, exact numbers."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for card in cards:
        writer.writerow((card.name, card.architecture, card.dataset, "×".join(map(str, card.input_shape)),
                         card.num_params, card.macs, card.test_accuracy, card.test_loss, card.epochs, card.seconds,
                         seconds_per_epoch(card), card.images_per_second, card.machine, card.bytes, card.command))
    return file.getvalue()
