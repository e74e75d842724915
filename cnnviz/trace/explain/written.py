"""Numbers and sums as a formula shows them."""

from collections.abc import Iterable, Sequence

MINUS = "−"


def number(value: float) -> str:
    """Six significant digits, whole numbers whole: `−0.125`, `25`, `1.5e−7`."""
    return f"{value:.6g}".replace("-", MINUS)


def factor(value: float) -> str:
    """A number that may stand in a product: a negative one in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def total(values: Iterable[float]) -> str:
    """`0.5 − 2 + 1`, and `0` of nothing."""
    text = ""
    for value in values:
        text += plus(value) if text else number(value)
    return text or "0"


def products(left: Sequence[float], right: Sequence[float]) -> str:
    """`2 × 3 + (−1) × 0.5`."""
    return " + ".join(f"{factor(a)} × {factor(b)}" for a, b in zip(left, right, strict=True))


def plus(value: float | None) -> str:
    """` + 0.5` or ` − 0.5`, to stand after a sum; nothing for None."""
    if value is None:
        return ""
    return f" {MINUS} {number(-value)}" if value < 0 else f" + {number(value)}"
