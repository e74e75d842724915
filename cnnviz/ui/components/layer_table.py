"""The table of all layers: sortable, searchable, and as a CSV file."""

import csv
import io
from typing import Any

import pandas as pd
import streamlit as st

from cnnviz.figures.layer_words import kind_name
from cnnviz.text import Text, load
from cnnviz.trace.record import Trace

CSV_COLUMNS = (
    "name",
    "kind",
    "block",
    "inputs",
    "shape",
    "params",
    "macs",
    "activation_bytes",
    "field_extent",
    "field_size",
    "field_stride",
    "field_start",
)


def layer_table(trace: Trace, t: Text) -> pd.DataFrame:
    """Return a row per layer in the user's language, numbers as numbers; a field is its height or empty."""
    kinds = load("kinds", t.language)
    return pd.DataFrame(
        {
            t("table.name"): [row.name for row in trace.layers],
            t("table.kind"): [kind_name(row, kinds) for row in trace.layers],
            t("table.shape"): ["×".join(map(str, row.shape)) for row in trace.layers],
            t("table.params"): [row.num_params for row in trace.layers],
            t("table.macs"): [row.macs for row in trace.layers],
            t("table.memory"): [row.activation_bytes / 1000 for row in trace.layers],
            t("table.field"): pd.array(
                [row.receptive_field.size[0] if row.receptive_field.size else None for row in trace.layers],
                dtype="Int64",
            ),
            t("table.stride"): pd.array(
                [row.receptive_field.stride[0] if row.receptive_field.stride else None for row in trace.layers],
                dtype="Int64",
            ),
        }
    )


def layer_column_formats(t: Text) -> dict[str, Any]:
    """Return the number formats and help texts of the table's columns."""
    number = st.column_config.NumberColumn
    return {
        t("table.params"): number(format="localized", help=t("table.params_help")),
        t("table.macs"): number(format="localized", help=t("table.macs_help")),
        t("table.memory"): number(format="localized", help=t("table.memory_help")),
        t("table.field"): number(format="localized", help=t("table.field_help")),
        t("table.stride"): number(format="localized", help=t("table.stride_help")),
    }


def layer_csv(trace: Trace) -> str:
    """Return the table for other programs: English column names, exact numbers, pairs as `height width`."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(CSV_COLUMNS)
    for row in trace.layers:
        seen = row.receptive_field
        writer.writerow(
            (
                row.name,
                row.kind,
                row.block,
                " ".join(row.inputs),
                "×".join(map(str, row.shape)),
                row.num_params,
                row.macs,
                row.activation_bytes,
                seen.extent,
                *map(_pair, (seen.size, seen.stride, seen.start)),
            )
        )
    return file.getvalue()


def _pair(pair: tuple[int, int] | None) -> str:
    return " ".join(map(str, pair)) if pair else ""
