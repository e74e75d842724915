"""The smallest and largest value of every row for one image: the span of a colour scale for several layers."""

from collections.abc import Callable, Iterable

from torch import Tensor

from cnnviz.trace.activations import LazyActivations

Range = tuple[float, float]


def value_ranges(
    walk: LazyActivations,
    tell: Callable[[float], object] = lambda done: None,
    see: Callable[[str, Tensor], object] = lambda name, output: None,
) -> dict[str, Range]:
    """Return (smallest, largest) of each row's output, by name, in one forward pass without memory of its own.

    `tell` hears after each row which part of the multiply-adds is done, in [0, 1]; `see` is shown each row's name and
    output on the way.
    """
    layers = walk.trace.layers
    fits = sum(record.activation_bytes for record in layers) <= walk.budget  # then the walk may as well keep them
    pairs = ((record.name, walk.output(record.name)) for record in layers) if fits else walk.each()
    macs, done, ranges = {record.name: record.macs for record in layers}, 0, {}
    for name, output in pairs:
        low, high = output.aminmax()
        ranges[name] = (float(low), float(high))
        see(name, output)
        done += macs[name]
        tell(done / max(walk.trace.macs, 1))
    return ranges


def covering_range(ranges: Iterable[Range]) -> Range | None:
    """Return the smallest range that holds all of `ranges`; None where there is none."""
    held = list(ranges)
    return (min(low for low, _ in held), max(high for _, high in held)) if held else None
