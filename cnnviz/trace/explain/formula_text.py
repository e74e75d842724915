"""Numbers and sums as a formula shows them."""

from collections.abc import Iterable, Sequence

MINUS = "−"


def format_number(value: float) -> str:
    """Return a number with six significant digits, whole numbers whole: `−0.125`, `25`, `1.5e−7`."""
    return f"{value:.6g}".replace("-", MINUS)


def format_factor(value: float) -> str:
    """Return a number that may stand in a product: a negative one in brackets."""
    return f"({format_number(value)})" if value < 0 else format_number(value)


def format_sum(values: Iterable[float]) -> str:
    """Return `0.5 − 2 + 1`, and `0` of nothing."""
    text = ""
    for value in values:
        text += format_addend(value) if text else format_number(value)
    return text or "0"


def format_products(left: Sequence[float], right: Sequence[float]) -> str:
    """Return `2 × 3 + (−1) × 0.5`."""
    return " + ".join(f"{format_factor(a)} × {format_factor(b)}" for a, b in zip(left, right, strict=True))


def format_addend(value: float | None) -> str:
    """Return ` + 0.5` or ` − 0.5`, to stand after a sum; "" for None."""
    if value is None:
        return ""
    return f" {MINUS} {format_number(-value)}" if value < 0 else f" + {format_number(value)}"
