"""One call of one layer with its tensors, as explanations read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.trace.explain.explanation import (
    Explanation,
    FormulaFact,
    Index,
    OmittedTerms,
    SentenceKey,
    SourceCell,
    Summand,
)

MAX_TERMS = 8
"""Terms shown where there are many; the others are summed."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerCall:
    """One row of a trace with its tensors for one image, without the batch: (C, H, W) or (F,)."""

    name: str
    kind: str
    inputs: tuple[Tensor, ...]
    output: Tensor
    sources: tuple[str, ...]
    """The names of the rows that `inputs` came from."""
    module: nn.Module | None = None
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    operation: str = ""
    """A key of `cnnviz.trace.operations.OPERATIONS`."""

    def setting(self, name: str, default: Any = None) -> Any:
        """Return the value of `name` from the module, or else from the record."""
        if self.module is not None and hasattr(self.module, name):
            return getattr(self.module, name)
        return self.settings.get(name, default)

    def weights(self) -> tuple[Tensor, Tensor | None]:
        """Weight and bias of the module.

        Raises:
            UserError: `explain_unknown` where the weights are no module's.
        """
        weight, bias = self.setting("weight"), self.setting("bias")
        if not isinstance(weight, Tensor):
            raise self.unknown()
        return weight.detach(), bias.detach() if isinstance(bias, Tensor) else None

    def unknown(self) -> UserError:
        """Return the error of a value that cannot be explained."""
        return UserError("explain_unknown", layer=self.name, kind=self.kind)

    def cell(self, position: int, index: Index) -> SourceCell:
        """Return the cell at `index` of the input in `position`."""
        return SourceCell(self.sources[position], index)

    def read(self, position: int, index: Index) -> float:
        """Return the value at `index` of the input in `position`."""
        return float(self.inputs[position][index])

    def explained(
        self,
        index: Index,
        how: SentenceKey,
        terms: tuple[Summand, ...],
        formula: str,
        bias: float | None = None,
        rest: OmittedTerms | None = None,
        facts: tuple[FormulaFact, ...] = (),
        notes: tuple[SentenceKey, ...] = (),
    ) -> Explanation:
        """Return the explanation of the value at `index`, with the value as the network computed it."""
        value = float(self.output[index])
        return Explanation(self.name, self.kind, index, value, how, terms, formula, bias, rest, facts, notes)


def check_index(call: LayerCall, index: Index) -> Index:
    """Return `index` as a place of the output.

    Raises:
        UserError: `explain_index`.
    """
    shape = tuple(call.output.shape)
    if len(index) != len(shape) or not all(0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise UserError(
            "explain_index", layer=call.name, index=", ".join(map(str, index)), shape="×".join(map(str, shape))
        )
    return tuple(map(int, index))


def broadcast_index(index: Index, shape: tuple[int, ...]) -> Index:
    """Return the place at which a tensor of `shape` is read for output `index` when it is broadcast."""
    offset = len(index) - len(shape)
    return tuple(0 if size == 1 else index[offset + axis] for axis, size in enumerate(shape))


def check_map(call: LayerCall) -> None:
    """Raise unless a call reads and gives maps (C, H, W).

    Raises:
        UserError: `explain_unknown`.
    """
    if call.output.dim() != 3 or call.inputs[0].dim() != 3:
        raise call.unknown()
