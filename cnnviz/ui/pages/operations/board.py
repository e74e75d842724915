"""A tab's result: grids of numbers, how each number came to be, formulas, and the PyTorch that gives the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from cnnviz.ops.window import WindowAxis
from cnnviz.options import Option, applies


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Numbers (planes, H, W) under a title of `pages/operations.toml`: `grid.<title>`."""

    name: str
    values: Tensor
    title: str = ""
    """The name where empty."""
    edits: str = ""
    """The setting that holds these numbers, where the reader may type over them."""
    planes: str = ""
    """What a plane is, `plane.<planes>`, where there are several: a channel, a filter."""
    per: int = 0
    """Planes of one filter, where a plane is one channel of a filter."""
    whole: Tensor | None = None
    """The edited setting's numbers in its own shape, where the grid shows a part of them or shows them otherwise."""
    first: int = 0
    """The place of the grid's first number in `whole`."""


@dataclass(frozen=True, slots=True, eq=False)
class WindowLink:
    """`target` made from `source` by a window that slides; `how` is conv, max, min or mean."""

    source: str
    target: str
    rows: WindowAxis
    columns: WindowAxis
    how: str = "conv"
    kernel: str = ""
    bias: tuple[float, ...] = ()
    groups: int = 1
    """Input planes are split into so many groups; a pool has one per plane."""
    mode: str = "zeros"
    divisors: Tensor | None = None
    """(H', W'): what a mean divides by."""


@dataclass(frozen=True, slots=True)
class CellFormula:
    """The formula of one number, with its sources and numbers, a line each."""

    reads: tuple[tuple[str, int], ...]
    """(grid, place in the flattened grid)."""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FormulaLink:
    """`target` whose numbers are explained one by one."""

    target: str
    cells: tuple[CellFormula, ...]


@dataclass(frozen=True, slots=True)
class FormulaLine:
    """A formula with its numbers put in, named by `fact.<label>`."""

    label: str
    formula: str


@dataclass(frozen=True, slots=True, eq=False)
class LineChart:
    """Lines over a common x: names are `curve.<name>`; `mark` are the points of the shown numbers."""

    title: str
    x: tuple[float, ...]
    lines: Mapping[str, tuple[float, ...]]
    mark: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """Everything that a tab shows for one choice of settings."""

    grids: tuple[Grid, ...]
    links: tuple[WindowLink | FormulaLink, ...]
    facts: tuple[FormulaLine, ...]
    code: str
    result: Tensor
    """What `y` of `code` must equal."""
    main: str
    """The grid whose cells the slider steps through."""
    given: Mapping[str, Tensor] = field(default_factory=dict)
    """Names that the code takes as given, such as `image`."""
    curves: LineChart | None = None

    def grid(self, name: str) -> Grid:
        """Return the grid called `name`."""
        return next(grid for grid in self.grids if grid.name == name)


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready-made example: settings other than the tab's defaults; words under `preset.<name>`."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tab:
    """One operation: words in `operations/<name>.toml`; the first preset is the course's worked example."""

    name: str
    settings: tuple[Option, ...]
    presets: tuple[Preset, ...]
    compute: Callable[[Mapping[str, Any]], Board]

    def preset(self, name: str) -> dict[str, Any]:
        """Return every setting as example `name` has it."""
        chosen = next(preset for preset in self.presets if preset.name == name)
        return {setting.name: setting.default for setting in self.settings} | dict(chosen.settings)

    def values(self, held: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values for `compute` that the controls hold; a setting that is not shown counts as its default.

        Raises:
            UserError: a text that means nothing.
        """
        return {
            option.name: option.parse(held[option.name] if applies(option, held) else option.default)
            for option in self.settings
        }
