"""Format fractions as percent in a table that still sorts by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from cnnviz.text.numbers import percent

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler


def format_percent(table: pd.DataFrame, *columns: str) -> Styler:
    """Return `table` with the fractions in `columns` as percent, "–" where one is missing.

    A format in the page's column settings would override it."""
    return table.style.format(cast(Any, percent), subset=[name for name in columns if name in table], na_rep="–")
