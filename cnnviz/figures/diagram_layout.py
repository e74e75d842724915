"""The diagram of a network as boxes and lines with places, for files that are edited elsewhere.

The flow goes from left to right in bands, one below the other. What the diagram of the page shows at first stands here
too: a large network has its blocks closed, but for those around its first join. Branches stand in lanes; an edge that
would run through a box, such as a shortcut, goes over the boxes of its band.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from cnnviz.trace.folding import FoldedBlock, fold_blocks
from cnnviz.trace.record import LayerRecord, Trace

Point = tuple[float, float]

FEW_ROWS = 24
"""A network of no more rows has all its blocks open."""
MOST_BOXES = 36
"""A network of more has its stages closed."""
COLUMNS = 7
"""Boxes of a band."""
WIDTH, HEIGHT = 1.42, 0.62
GAP, LANE, TRACK, BAND = 0.38, 0.24, 0.14, 0.3
"""Inches: of a box, and between columns, lanes, edges above a band, and bands."""
EDGE = 0.4


@dataclass(frozen=True, slots=True)
class DiagramBox:
    """A box: the image, a row of the trace, or a closed block."""

    name: str
    label: str
    """Of a fold of equal blocks with ×N."""
    shape: tuple[int, ...]
    family: str
    """Of its operation; "block" and "image" for what is no row."""
    x: float
    y: float
    """Inches from the left and the top edge to its corner."""


@dataclass(frozen=True, slots=True)
class DiagramLine:
    """A line from one box to another, by corners; it leaves `source` at the right or at the top."""

    source: str
    target: str
    points: tuple[Point, ...]
    skips: bool
    """Whether it goes over the boxes between, such as a shortcut."""


@dataclass(frozen=True, slots=True)
class DiagramLayout:
    """All boxes and lines in inches, the top left corner at (0, 0)."""

    nodes: tuple[DiagramBox, ...]
    edges: tuple[DiagramLine, ...]
    width: float
    height: float


def diagram_layout(trace: Trace) -> DiagramLayout:
    """Return the places of the boxes and lines of a network."""
    items, edges = _graph(trace)
    ranks = _ranks(items, edges)
    lanes = _lanes(items, edges, ranks)
    tracks = _tracks(edges, ranks, lanes)
    tops: list[float] = []
    down = EDGE
    for band in range(max(ranks.values()) // COLUMNS + 1):
        inside = [name for name in items if ranks[name] // COLUMNS == band]
        above = 1 + max((track for (_, at), track in tracks.items() if at == band), default=-1)
        tops.append(down + above * TRACK)
        down = tops[-1] + (1 + max((lanes[name] for name in inside), default=0)) * (HEIGHT + LANE) + BAND
    places = {
        name: (
            EDGE + ranks[name] % COLUMNS * (WIDTH + GAP),
            tops[ranks[name] // COLUMNS] + lanes[name] * (HEIGHT + LANE),
        )
        for name in items
    }
    nodes = tuple(DiagramBox(name, *items[name], *places[name]) for name in items)
    width = 2 * EDGE + COLUMNS * (WIDTH + GAP) - GAP
    drawn = tuple(_edge(edge, ranks, lanes, tracks, tops, places) for edge in edges)
    return DiagramLayout(nodes, drawn, width, down + EDGE)


def _graph(trace: Trace) -> tuple[dict[str, tuple[str, tuple[int, ...], str]], list[tuple[str, str]]]:
    """Return label, shape and family of each item by name, in order of execution, and the edges between them."""
    shown = _closed_blocks(trace)
    items: dict[str, tuple[str, tuple[int, ...], str]] = {"input": ("image", tuple(trace.input_shape), "image")}
    name_of = {"input": "input"}
    edges: dict[tuple[str, str], None] = {}
    for row in trace.layers:
        block = shown.get(row.name)
        name = block.path if block else row.name
        name_of[row.name] = name
        if block is None:
            items[name] = (row.name, row.shape, row.family)
        else:
            label = block.path + (f" ×{block.times}" if block.times > 1 else "")
            items[name] = (label, block.rows[-1].shape, "block")
        for source in row.inputs:
            if name_of[source] != name:
                edges[name_of[source], name] = None
    return items, list(edges)


def _closed_blocks(trace: Trace) -> dict[str, FoldedBlock]:
    """Return the outermost closed block around each row that has one."""
    if len(trace.layers) <= FEW_ROWS:
        return {}
    blocks = fold_blocks(trace)
    home: dict[str, FoldedBlock] = {row.name: block for block in blocks for row in block.rows}
    join: LayerRecord | None = next((row for row in trace.layers if len(row.inputs) > 1), None)
    opened = {id(block) for block in _around(home.get(join.name) if join else None)}
    stages = {id(block) for block in blocks if block.blocks and block.parent is None and block.times == 1}
    for also in (stages, set[int]()):  # stages show their blocks, where that does not make too many boxes
        closed = {}
        for row in trace.layers:
            outer = [block for block in _around(home.get(row.name)) if id(block) not in opened | also]
            if outer:
                closed[row.name] = outer[-1]
        boxes = len({block.path for block in closed.values()}) + len(trace.layers) - len(closed)
        if boxes <= MOST_BOXES:
            break
    return closed


def _around(block: FoldedBlock | None) -> list[FoldedBlock]:
    """Return a block and those around it, the outermost last."""
    found = []
    while block is not None:
        found.append(block)
        block = block.parent
    return found


def _ranks(items: dict[str, tuple[str, tuple[int, ...], str]], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Return how many boxes stand before each at least."""
    ranks = dict.fromkeys(items, 0)
    for name in items:  # in order of execution: what a box reads stands before it
        ranks[name] = max((ranks[source] + 1 for source, target in edges if target == name), default=0)
    return ranks


def _lanes(
    items: dict[str, tuple[str, tuple[int, ...], str]], edges: list[tuple[str, str]], ranks: dict[str, int]
) -> dict[str, int]:
    """Return the lane of each box, 0 on top: that of what it reads where it is free, else the next free one."""
    taken: set[tuple[int, int]] = set()
    lanes: dict[str, int] = {}
    for name in items:
        reads = [lanes[source] for source, target in edges if target == name]
        lane = min(reads, default=0)
        while (ranks[name], lane) in taken:
            lane += 1
        lanes[name] = lane
        last = max((ranks[target] for source, target in edges if source == name), default=ranks[name])
        until = max(last, ranks[name] + 1) if lane else ranks[name] + 1  # a branch keeps its lane up to the join
        taken |= {(rank, lane) for rank in range(ranks[name], until)}
    return lanes


def _goes_over(edge: tuple[str, str], ranks: dict[str, int], lanes: dict[str, int]) -> bool:
    source, target = edge
    return ranks[target] - ranks[source] > 1 and lanes[source] == 0


def _tracks(
    edges: list[tuple[str, str]], ranks: dict[str, int], lanes: dict[str, int]
) -> dict[tuple[tuple[str, str], int], int]:
    """Return the track, 0 the lowest, of each edge that goes over boxes in each band that it crosses."""
    tracks: dict[tuple[tuple[str, str], int], int] = {}
    used: dict[int, list[tuple[int, int, int]]] = {}
    for edge in edges:
        if not _goes_over(edge, ranks, lanes):
            continue
        first, last = ranks[edge[0]], ranks[edge[1]]
        for band in {first // COLUMNS, last // COLUMNS}:
            low, high = max(first, band * COLUMNS), min(last, (band + 1) * COLUMNS)
            track = 0
            while any(at == track and low < end and start < high for at, start, end in used.get(band, [])):
                track += 1
            used.setdefault(band, []).append((track, low, high))
            tracks[edge, band] = track
    return tracks


def _edge(
    edge: tuple[str, str],
    ranks: dict[str, int],
    lanes: dict[str, int],
    tracks: dict[tuple[tuple[str, str], int], int],
    tops: list[float],
    places: dict[str, Point],
) -> DiagramLine:
    source, target = edge
    bands = ranks[source] // COLUMNS, ranks[target] // COLUMNS
    (x0, y0), (x1, y1) = places[source], places[target]
    left, right = EDGE / 2, 1.5 * EDGE + COLUMNS * (WIDTH + GAP) - GAP
    between = tops[bands[1]] - (1 + max((t for (_, at), t in tracks.items() if at == bands[1]), default=-1)) * TRACK
    between -= BAND / 2
    over = _goes_over(edge, ranks, lanes)
    if over:
        start, end = (x0 + WIDTH / 2, y0), (x1 + WIDTH / 2, y1)
        out, back = (tops[band] - (tracks[edge, band] + 1) * TRACK for band in bands)
        turns = [(start[0], out)]
        if bands[0] != bands[1]:
            turns += [(right, out), (right, between), (left, between), (left, back)]
        turns.append((end[0], back))
    else:
        start, end = (x0 + WIDTH, y0 + HEIGHT / 2), (x1, y1 + HEIGHT / 2)
        if bands[0] != bands[1]:
            turns = [(right, start[1]), (right, between), (left, between), (left, end[1])]
        else:
            turns = [(end[0] - GAP / 2, start[1]), (end[0] - GAP / 2, end[1])] if start[1] != end[1] else []
    return DiagramLine(source, target, _corners((start, *turns, end)), over)


def _corners(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return the points without those that repeat the one before."""
    return (points[0], *(after for before, after in pairwise(points) if before != after))
