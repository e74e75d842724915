"""Numbers as a reader takes them in at a glance."""

_UNITS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def short(number: float) -> str:
    """Three significant digits and a unit: 61,706 -> "61.7 k", 938,146,176 -> "938 M"."""
    for size, unit in _UNITS:
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:g}"


def binary_bytes(number: float) -> str:
    """Bytes in the largest fitting unit: 187,058,984 -> "178 MiB"."""
    for size, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:g} B"
