"""Rows of words as aligned columns."""

import unicodedata
from collections.abc import Iterable, Sequence


def aligned(rows: Iterable[Sequence[str]], right: Iterable[int] = (), gap: str = "  ") -> str:
    """Return one line per row, the columns of equal width; those numbered in `right` end flush, as numbers do."""
    lines = [list(row) for row in rows]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    numbers = set(right)
    return "\n".join(
        gap.join(
            " " * (widths[i] - width(cell)) + cell if i in numbers else cell + " " * (widths[i] - width(cell))
            for i, cell in enumerate(line)
        ).rstrip()
        for line in lines
    )


def width(word: str) -> int:
    """Return the columns that a word takes on a terminal: Chinese characters take two, marks on a letter none."""
    return sum(
        2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in word
        if unicodedata.category(character) not in ("Mn", "Me", "Cf")
    )
