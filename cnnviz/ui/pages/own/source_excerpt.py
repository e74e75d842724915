"""The lines of a text around a place, with the place marked."""

from collections.abc import Sequence

AROUND = 2
"""Lines before and after the one to look at."""


def marked_lines(source: str, lines: Sequence[int], column: int | None = None) -> str:
    """Return the lines around the first of `lines`, each of `lines` there marked by an arrow.

    With `column`, counted in bytes from 1 as Python does, a caret stands below it.

    >>> print(marked_lines("a = 1\\nb = ?\\nc = 3", [2], 5))
      1 │ a = 1
    → 2 │ b = ?
        │     ^
      3 │ c = 3
    """
    split = source.replace("\r\n", "\n").replace("\r", "\n").rstrip().split("\n")
    first = min(max(lines[0], 1), len(split))
    shown = range(max(1, first - AROUND), min(len(split), first + AROUND) + 1)
    width = len(str(shown[-1]))
    written = []
    for number in shown:
        text = split[number - 1]
        written.append(f"{'→' if number in lines else ' '} {number:>{width}} │ {text}".rstrip())
        if number == first and column is not None:
            before = len(text.encode()[: max(0, column - 1)].decode(errors="ignore"))
            written.append(f"  {'':>{width}} │ {' ' * before}^")
    return "\n".join(written)
