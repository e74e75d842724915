"""The table of a test: a row per map, its name always in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.components.percent_columns import format_percent

_VERDICT = 250
"""Pixels for a verdict: on a telephone it fills what the name leaves."""


def draw_results(rows: Sequence[dict[str, Any]], t: Text, digits: str = "%.3f", shares: Sequence[str] = ()) -> None:
    """Draw `rows` by column in words; numbers in the format `digits`, those in the columns `shares` in percent."""
    table = pd.DataFrame(list(rows))
    numbers = [name for name in table.select_dtypes("number") if name not in shares]
    columns: dict[Any, Any] = {
        t("table.map"): st.column_config.TextColumn(pinned=True),
        t("table.verdict"): st.column_config.TextColumn(width=_VERDICT),
        **{name: st.column_config.NumberColumn(format=digits) for name in numbers},
    }
    st.dataframe(
        format_percent(table, *shares), hide_index=True, height="content", placeholder="–", column_config=columns
    )
