"""Generators about the window behind one value: where it lies, and what padding puts into it."""

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import CellForm, FillForm, Grid, NumberForm, Response
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import walkthrough
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import Facts, Scene, ShownGrid
from cnnviz.lessons.questions.rounding import steady_values
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.lessons.questions.square_window import WINDOWS, SquareWindow, has_square_window, window_of
from cnnviz.trace.record import LayerRecord

TOPIC = "questions/windows"
LARGEST_MAP = 64
LARGEST_KERNEL = 5


def _is_clickable(row: LayerRecord) -> bool:
    return has_square_window(row) and max(row.input_shapes[0][1:]) <= LARGEST_MAP and min(row.shape[1:]) > 2


def _draw_place(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A unit whose window lies inside the map."""
    row = network.pick(draw, *WINDOWS, where=_is_clickable)
    window = window_of(row)
    unit = tuple(draw.below(side) for side in row.shape)
    corner = [at * window.stride - window.padding for at in unit[1:]]
    sides = row.input_shapes[0][1:]
    inside = all(at >= 0 and at + window.kernel <= side for at, side in zip(corner, sides, strict=True))
    if not inside or unit[1] == unit[2]:
        return None
    return {
        "layer": row.name,
        "reads": row.inputs[0],
        "unit": unit,
        "row": unit[1],
        "column": unit[2],
        "k": window.kernel,
        "kernel": (window.kernel,) * 2,
        "s": window.stride,
        "p": window.padding,
        "height": sides[0],
        "width": sides[1],
    }


WINDOW_PLACE = Generator(
    name="window-place",
    topic=TOPIC,
    draw=_draw_place,
    right=lambda f: (f["row"] * f["s"] - f["p"], f["column"] * f["s"] - f["p"]),
    wrong={
        "padding_forgotten": lambda f: (f["row"] * f["s"], f["column"] * f["s"]),
        "stride_forgotten": lambda f: (f["row"] - f["p"], f["column"] - f["p"]),
        "stride_is_kernel": lambda f: (f["row"] * f["k"] - f["p"], f["column"] * f["k"] - f["p"]),
        "rows_and_columns_swapped": lambda f: (f["column"] * f["s"] - f["p"], f["row"] * f["s"] - f["p"]),
    },
    form=lambda f, _: CellForm(f["reads"], f["height"], f["width"]),
    link=walkthrough,
    scene=lambda f: Scene(layer=f["layer"], unit=f["unit"]),
    difficulty=Difficulty(level=2, largest=LARGEST_MAP),
)


def _is_padded(row: LayerRecord) -> bool:
    return (
        row.operation == "convolution"
        and has_square_window(row)
        and row.settings.get("padding_mode", "zeros") == "zeros"
        and 0 < window_of(row).padding < window_of(row).kernel <= LARGEST_KERNEL
        and min(row.input_shapes[0][1:]) > LARGEST_KERNEL
    )


def _draw_padding(network: TracedNetwork, draw: Draw) -> Facts | None:
    """The first window of a map, which reaches over its top left corner, and the corner of the map."""
    values = network.values()
    row = network.pick(draw, "convolution", where=_is_padded)
    window = window_of(row)
    channel = draw.below(row.input_shapes[0][0])
    corner = values.inputs(row.name)[0][0, channel, : window.kernel, : window.kernel]
    patch = steady_values(corner, 2)
    if patch is None or len({value for line in patch for value in line}) < 3 or patch[0][0] == 0:
        return None
    return {
        "layer": row.name,
        "reads": row.inputs[0],
        "channel": channel,
        "unit": (0, 0, 0),
        "patch": patch,
        "k": (window.kernel,) * 2,
        "side": window.kernel,
        "p": window.padding,
    }


def _window_at_corner(facts: Facts, outside: str) -> Response:
    """The window at row and column −p: zeros outside the map, or its nearest edge value."""

    def cell(row: int, column: int) -> float:
        if min(row, column) < 0 and outside == "zero":
            return 0.0
        return float(facts["patch"][max(row, 0)][max(column, 0)])

    places = range(-facts["p"], facts["side"] - facts["p"])
    return tuple(tuple(cell(row, column) for column in places) for row in places)


def _empty(facts: Facts) -> Grid:
    return ((None,) * facts["side"],) * facts["side"]


PADDED_WINDOW = Generator(
    name="padded-window",
    topic=TOPIC,
    draw=_draw_padding,
    right=lambda f: _window_at_corner(f, "zero"),
    wrong={
        "padding_forgotten": lambda f: f["patch"],
        "edge_repeated": lambda f: _window_at_corner(f, "edge"),
    },
    form=lambda f, _: FillForm(_empty(f)),
    link=walkthrough,
    scene=lambda f: Scene(
        layer=f["layer"],
        unit=f["unit"],
        grids=(ShownGrid(Sentence(TOPIC, "corner", {"reads": f["reads"], "channel": f["channel"]}), f["patch"]),),
    ),
    difficulty=Difficulty(level=1, largest=1000, cells=LARGEST_KERNEL**2),
    least=1,
    needs_image=True,
)


def _along(size: int, window: SquareWindow, at: int, padding: int) -> int:
    """Return how many windows along an axis hold position `at`, with another padding before the first."""
    count = SquareWindow(window.kernel, window.stride, padding).positions(size)
    starts = (unit * window.stride - padding for unit in range(count))
    return sum(start <= at < start + window.kernel for start in starts)


def _draw_uses(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A cell of the input, more often near a border, and the windows that hold it."""
    row = network.pick(draw, *WINDOWS, where=_is_clickable)
    window, (height, width) = window_of(row), row.input_shapes[0][1:]
    near = window.kernel
    line = draw.below(min(near, height)) if draw.below(3) else draw.below(height)
    column = draw.below(min(near, width)) if draw.below(3) else draw.below(width)
    rows, columns = _along(height, window, line, window.padding), _along(width, window, column, window.padding)
    if not rows * columns:
        return None
    return {
        "layer": row.name,
        "reads": row.inputs[0],
        "row": line,
        "column": column,
        "kernel": (window.kernel,) * 2,
        "k": window.kernel,
        "s": window.stride,
        "p": window.padding,
        "size": (height, width),
        "rows": rows,
        "columns": columns,
        "unpadded": _along(height, window, line, 0) * _along(width, window, column, 0),
        "slid": _along(height, SquareWindow(window.kernel, 1, window.padding), line, window.padding)
        * _along(width, SquareWindow(window.kernel, 1, window.padding), column, window.padding),
    }


CELL_USES = Generator(
    name="cell-uses",
    topic=TOPIC,
    draw=_draw_uses,
    right=lambda f: f["rows"] * f["columns"],
    wrong={
        "border_ignored": lambda f: f["k"] ** 2,
        "cell_used_once": lambda f: 1,
        "padding_forgotten": lambda f: f["unpadded"],
        "stride_forgotten": lambda f: f["slid"],
        "sizes_added": lambda f: f["rows"] + f["columns"],
    },
    form=lambda f, _: NumberForm(),
    link=walkthrough,
    difficulty=Difficulty(level=2, largest=121),
)

GENERATORS = (WINDOW_PLACE, CELL_USES, PADDED_WINDOW)
