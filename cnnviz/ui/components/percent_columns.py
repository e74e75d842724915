"""Columns of shares, written as the sentences beside them write one; they are sorted as the numbers they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from cnnviz.text.numbers import percent

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler


def format_percent(table: pd.DataFrame, *columns: str) -> Styler:
    """`table` for a reader, the shares in `columns` in percent; "–" where one is missing. A format in the page's
    settings of these columns would have the last word."""
    return table.style.format(cast(Any, percent), subset=[name for name in columns if name in table], na_rep="–")
