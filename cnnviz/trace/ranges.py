"""The smallest and largest value of every row for one image: what one colour scale for several layers must span."""

from collections.abc import Iterable

from cnnviz.trace.walk import Walk

Range = tuple[float, float]


def value_ranges(walk: Walk) -> dict[str, Range]:
    """(smallest, largest) of each row's output, by name; costs one forward pass."""
    ranges = {}
    for record in walk.trace.layers:
        low, high = walk.output(record.name).aminmax()
        ranges[record.name] = (float(low), float(high))
    return ranges


def spanned(ranges: Iterable[Range]) -> Range | None:
    """The smallest range that holds all of `ranges`; None where there is none."""
    held = list(ranges)
    return (min(low for low, _ in held), max(high for _, high in held)) if held else None
