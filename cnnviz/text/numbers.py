"""Numbers as text, short enough to be taken in at a glance."""

PERCENT = ".3~p"
"""`percent` as Plotly writes it where the reader points."""
PERCENT_MARK = ".4~p"
"""The same beside an axis, whose marks may lie closer to each other."""
_MOST_DIGITS = 4
"""Of a difference in percentage points."""
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def short_number(number: float) -> str:
    """Return a number with three significant digits and a unit.

    >>> short_number(61_706), short_number(938_146_176)
    ('61.7 k', '938 M')
    """
    for size, unit in _UNITS:
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:g}"


def short_bytes(number: float) -> str:
    """Return bytes in the largest fitting unit.

    >>> short_bytes(187_058_984)
    '187 MB'
    """
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:g} B"


def percent(share: float) -> str:
    """Return a share in [0, 1] as percent with three significant digits, and no more zeros than a person counts.

    >>> percent(0.9987), percent(1.6e-7), percent(0.99996)
    ('99.9%', '< 0.01%', '> 99.9%')
    """
    if 0 < share < 1e-4:
        return "< 0.01%"
    if 0.9995 <= share < 1:
        return "> 99.9%"
    return f"{100 * share:,.0f}%" if share >= 9.995 else f"{100 * share:.3g}%"


def percentage_points(*shares: float) -> tuple[str, ...]:
    """Return differences of shares in percentage points, with the digits that tell them apart, also from 0.

    >>> percentage_points(0.0234, 0.018), percentage_points(0.0084, 0.008), percentage_points(0.0, 0.0222)
    (('2.3', '1.8'), ('0.84', '0.80'), ('0.0', '2.2'))
    """
    for digits in range(1, _MOST_DIGITS):
        said = tuple(f"{100 * share:.{digits}f}" for share in shares)
        if len({*said, f"{0:.{digits}f}"}) == len({0.0, *(round(share, 9) for share in shares)}):
            return said
    return tuple(f"{100 * share:.{_MOST_DIGITS}f}" for share in shares)
