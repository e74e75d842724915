"""Formulas as text: one number, sums of products, output sizes."""

from collections.abc import Iterable, Sequence

from cnnviz.ops.window import WindowAxis

MOST_TERMS = 12


def decimal(value: float) -> str:
    """Return a number in at most six significant digits, with a true minus."""
    if value != value or value in (float("inf"), float("-inf")):
        return {float("inf"): "+∞", float("-inf"): "−∞"}.get(value, "NaN")
    return f"{value:.6g}".replace("-", "−").replace("e+0", "e").replace("e−0", "e−")


def factor(value: float) -> str:
    """Return a number inside a product or after a sign: negative ones in parentheses."""
    text = decimal(value)
    return f"({text})" if text.startswith("−") else text


def sum_of(terms: Sequence[str]) -> str:
    """Return `a + b + … + z`, the middle left out where there are many."""
    if len(terms) > MOST_TERMS:
        terms = [*terms[: MOST_TERMS - 2], "…", terms[-1]]
    return " + ".join(terms)


def products(pairs: Iterable[tuple[float, float]]) -> str:
    """Return `0·0 + 1·1 + 3·2`."""
    return sum_of([f"{factor(a)}·{factor(b)}" for a, b in pairs])


def weighted_sum(values: Sequence[float], weights: Sequence[float], bias: float) -> str:
    """Return `1·0.5 + 2·(−1) + 3`: every value times its weight, and the bias."""
    return f"{products(zip(values, weights, strict=True))} + {factor(bias)}"


def per_axis(prefix: str, height: str, width: str) -> tuple[tuple[str, str], ...]:
    """Return (label, formula) of height and width, once where they are alike."""
    if height == width:
        return ((f"{prefix}side", height),)
    return (f"{prefix}height", height), (f"{prefix}width", width)


def size_formula(line: WindowAxis, length: int, units: int, ceil_mode: bool = False) -> str:
    """Return `⌊(8 + 2·1 − 3)/2⌋ + 1 = 4`, as torch computes an output size."""
    around = f"2·{line.before}" if line.before == line.after else f"{line.before} + {line.after}"
    reach = f"{line.dilation}·({line.kernel} − 1) − 1"
    opening, closing = ("⌈", "⌉") if ceil_mode else ("⌊", "⌋")
    formula = f"{opening}({length} + {around} − {reach})/{line.stride}{closing} + 1"
    rounded = (
        length + line.before + line.after - line.reach + (line.stride - 1 if ceil_mode else 0)
    ) // line.stride + 1
    return f"{formula}{' − 1' if rounded != units else ''} = {units}"


def course_size(line: WindowAxis, length: int, units: int) -> str:
    """Return `⌊(8 + 2 − 3 + 2)/2⌋ = 4`: the course's form, with the padding of both sides together."""
    total = line.before + line.after
    return f"⌊({length} + {total} − {line.kernel} + {line.stride})/{line.stride}⌋ = {units}"
