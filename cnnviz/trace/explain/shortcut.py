"""The two arms of a sum: the shortcut, and what is added to it."""

from dataclasses import dataclass

from cnnviz.trace.record import LayerRecord, Trace


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A sum x + f(x) of a residual block."""

    arm: int
    """Which of the two inputs of the sum is the shortcut."""
    start: str
    """The row x that both arms begin at; "input" for the image."""
    layers: int
    """Rows on the shortcut between x and the sum: 0 where x is added as it is."""


def shortcut_of(trace: Trace, record: LayerRecord) -> Shortcut | None:
    """Return the shortcut of a sum: the arm with fewer rows back to where both began; None where neither is shorter.

    >>> from cnnviz.trace import trace
    >>> from cnnviz.zoo import build
    >>> resnet = trace(build("resnet", device="meta"), (1, 96, 96))
    >>> shortcut_of(resnet, resnet["stage1.block1.add"])
    Shortcut(arm=1, start='stem.pool', layers=0)
    """
    if len(record.inputs) != 2:
        return None
    order = {"input": -1} | {row.name: place for place, row in enumerate(trace.layers)}
    read = {row.name: row.inputs for row in trace.layers}
    ways = [_rows_back(source, read) for source in record.inputs]
    common = ways[0].keys() & ways[1].keys()
    if not common:
        return None
    start = max(common, key=order.__getitem__)
    lengths = [way[start] for way in ways]
    if lengths[0] == lengths[1]:
        return None
    arm = lengths.index(min(lengths))
    return Shortcut(arm, start, lengths[arm])


def _rows_back(source: str, read: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """Return how many rows lie between each row that `source` was made from and the end of `source`."""
    distances, frontier = {source: 0}, [source]
    while frontier:
        following = []
        for name in frontier:
            for before in read.get(name, ()):
                if before not in distances:
                    distances[before] = distances[name] + 1
                    following.append(before)
        frontier = following
    return distances
