"""The state of one pass, which the tracers of layers and of functions share."""

from dataclasses import dataclass, field
from typing import Any, Self

from torch import Tensor, nn

from cnnviz.trace.constant_tensors import ConstantTensors
from cnnviz.trace.graph import CallGraph
from cnnviz.trace.graph_node import CallInProgress
from cnnviz.trace.known_values import KnownValues
from cnnviz.trace.mac_counter import MacCounter
from cnnviz.trace.module_clone import ModuleClone
from cnnviz.trace.recorded_call import map_nested
from cnnviz.trace.row_names import RowNames


@dataclass(slots=True)
class PassState:
    """The double that runs, the graph that grows, and the place in the code."""

    shadow: ModuleClone
    graph: CallGraph
    constants: ConstantTensors
    values: KnownValues
    counter: MacCounter = field(default_factory=MacCounter)
    names: RowNames = field(default_factory=RowNames)
    blocks: list[str] = field(default_factory=lambda: [""])
    """The modules whose code is under way, the innermost last."""
    hooks: int = 0
    """Hooks under way."""
    guessed: str = ""
    """What the hook under way asked of the image: it was told zeros."""
    attempt: CallInProgress | None = None

    @classmethod
    def of(cls, model: nn.Module) -> Self:
        """Return the state before a pass through a double of `model`."""
        shadow = ModuleClone(model, meta=True)
        graph = CallGraph(shadow)
        constants = ConstantTensors(graph)
        return cls(shadow, graph, constants, KnownValues(model, graph, constants))

    def place(self, name: str) -> str:
        """Return the place of a call of the function `name`: the block and the name."""
        return f"{self.blocks[-1]}.{name}".lstrip(".")

    def stand_ins(self, value: Any) -> Any:
        """Return `value` with an empty tensor on the meta device for every tensor with numbers."""
        return map_nested(
            value, lambda one: self.constants.stand_in(one) if isinstance(one, Tensor) and not one.is_meta else one
        )
