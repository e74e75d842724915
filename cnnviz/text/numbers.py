"""Numbers as a reader takes them in at a glance."""

PERCENT = ".3~p"
"""`percent` as Plotly writes it where the reader points."""
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def short(number: float) -> str:
    """Three significant digits and a unit.

    >>> short(61_706), short(938_146_176)
    ('61.7 k', '938 M')
    """
    for size, unit in _UNITS:
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:g}"


def short_bytes(number: float) -> str:
    """Bytes in the largest fitting unit.

    >>> short_bytes(187_058_984)
    '187 MB'
    """
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:g} B"


def percent(share: float) -> str:
    """A share in [0, 1] with three significant digits, and no more zeros than a reader counts.

    >>> percent(0.9987), percent(1.6e-7), percent(0.99996)
    ('99.9%', '< 0.01%', '> 99.9%')
    """
    if 0 < share < 1e-4:
        return "< 0.01%"
    if 0.9995 <= share < 1:
        return "> 99.9%"
    return f"{100 * share:,.0f}%" if share >= 9.995 else f"{100 * share:.3g}%"
