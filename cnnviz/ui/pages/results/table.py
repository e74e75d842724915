"""A row per trained network: on the page, as a file, and as points of a chart."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from cnnviz.figures.accuracy_chart import NetworkPoint
from cnnviz.models.spec_words import network_title
from cnnviz.runs.environment import describe_machine
from cnnviz.text import Text
from cnnviz.ui.pages.results.result_row import ResultRow

CSV_COLUMNS = (
    "name",
    "architecture",
    "dataset",
    "input",
    "params",
    "macs",
    "test_accuracy",
    "test_loss",
    "epochs",
    "seconds",
    "seconds_per_epoch",
    "images_per_second",
    "machine",
    "bytes",
    "command",
)


def point(row: ResultRow, t: Text) -> NetworkPoint:
    """Return the network as a point of a chart."""
    return NetworkPoint(
        row.label, network_title(row.model.spec, t.language), row.num_params, row.macs, row.test_accuracy
    )


def table(rows: Sequence[ResultRow], t: Text) -> pd.DataFrame:
    """Return the rows in the user's words, numbers as numbers."""
    return pd.DataFrame(
        [
            {
                t("table.network"): row.label,
                t("table.accuracy"): row.test_accuracy,
                t("table.params"): row.num_params,
                t("table.macs"): row.macs,
                t("table.seconds"): _round(row.seconds_per_epoch, 1),
                t("table.speed"): _round(row.images_per_second),
                t("table.epochs"): row.epochs,
                t("table.input"): _shape(row),
                t("table.bytes"): None if row.bytes is None else _round(row.bytes / 1000),
                **(
                    {t("table.machine"): describe_machine(row.machine, t.language)}
                    if common_machine(rows) is None
                    else {}
                ),
            }
            for row in rows
        ]
    )


def common_machine(rows: Sequence[ResultRow]) -> str | None:
    """Return the machine that trained all of them; None where there were several."""
    found = {row.machine for row in rows}
    return found.pop() if len(found) == 1 else None


def column_formats(t: Text) -> dict[str, Any]:
    """Return the formats and the help of the columns."""
    number = st.column_config.NumberColumn
    return {
        t("table.network"): st.column_config.TextColumn(pinned=True),
        t("table.params"): number(format="localized", help=t("table.params_help")),
        t("table.macs"): number(format="localized", help=t("table.macs_help")),
        t("table.accuracy"): number(help=t("table.accuracy_help")),
        t("table.seconds"): number(format="%.1f", help=t("table.seconds_help")),
        t("table.speed"): number(format="localized", help=t("table.speed_help")),
        t("table.bytes"): number(format="localized", help=t("table.bytes_help")),
    }


def results_csv(rows: Sequence[ResultRow]) -> str:
    """Return the rows for other programs: English column names, exact numbers."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in rows:
        writer.writerow(
            (
                row.name,
                row.architecture,
                row.dataset,
                _shape(row),
                row.num_params,
                row.macs,
                row.test_accuracy,
                row.test_loss,
                row.epochs,
                row.seconds,
                row.seconds_per_epoch,
                row.images_per_second,
                row.machine,
                row.bytes,
                row.command,
            )
        )
    return file.getvalue()


def _round(value: float | None, digits: int | None = None) -> float | None:
    return None if value is None else round(value, digits)


def _shape(row: ResultRow) -> str:
    return "×".join(map(str, row.model.spec.input_shape))
