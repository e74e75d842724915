"""The columns of the table of operations."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor, nn

from cnnviz.trace.arithmetic_lines import LayerFormula
from cnnviz.trace.explain.explanation import Explanation, Index
from cnnviz.trace.explain.layer_call import LayerCall
from cnnviz.trace.function_settings import Arguments
from cnnviz.trace.operation_call import FieldRule
from cnnviz.trace.record import LayerRecord
from cnnviz.trace.window_settings import Settings, Shape

ModuleSettings = Callable[[Any, Shape], Settings | None]
"""The settings of a module from the shape of its first input, batch included; None where it is another operation."""
FunctionSettings = Callable[[Arguments, Shape], Settings | None]
"""The same of a function from its arguments."""
ReachRule = Callable[[LayerRecord, tuple[Tensor, ...]], Tensor]
"""The units that a pixel reaches, from those of each input: masks as in `explain.reached_units`."""
MacRule = Callable[[Settings, tuple[Shape, ...], tuple[Shape, ...]], int]
"""Multiply-adds for one image from the settings and the shapes of inputs and outputs."""
LineRule = Callable[[LayerRecord], Iterator[LayerFormula]]
Explainer = Callable[[LayerCall, Index, int], Explanation]
"""One output value as terms: the call, the unit, and how many terms at most."""


class Function(NamedTuple):
    """A function of torch: the names of its arguments in order, and its settings from them."""

    arguments: tuple[str, ...]
    """`*name` takes all that follow."""
    settings: FunctionSettings


class Arithmetic(NamedTuple):
    """Formulas with the numbers put in; that of the parameters is the same for every operation."""

    output: LineRule | None
    """The size or the channels of the output."""
    macs: LineRule | None
    field: LineRule | None
    """The receptive field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationKind:
    """One row of the table: an operation, the torch code that computes it, and what the project knows of it.

    Every column must be given; None says that the question has no answer for this operation.
    """

    name: str
    family: str
    """A key of `FAMILIES`: colour and letter in the diagram."""
    symbol: str | None
    """The sign shown in place of the letter, such as `+`."""
    words: str | None
    """The entry of `text/kinds.toml` for classes and functions that have none of their own."""
    modules: Mapping[type[nn.Module], ModuleSettings] | None
    """Classes of torch.nn, subclasses included."""
    functions: Mapping[str, Function] | None
    """Functions and methods of torch by their plain name (`function_names.plain_name`)."""
    joins: bool
    """It may read several activations."""
    field: FieldRule | None
    """The receptive field; None makes it unknown from here on."""
    reach: ReachRule | None
    macs: MacRule | None
    """None where nothing is multiplied and added."""
    arithmetic: Arithmetic | None
    explain: Explainer | None
