"""Answers to functions that ask for numbers, where weights and constants alone decide them."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.trace.constant_tensors import ConstantTensors
from cnnviz.trace.data_dependence import DataDependentCall
from cnnviz.trace.graph import CallGraph
from cnnviz.trace.module_clone import ModuleClone
from cnnviz.trace.recorded_call import map_nested


class KnownValues:
    """The numbers of a network's weights, and what a pass has computed from them so far."""

    def __init__(self, model: nn.Module, graph: CallGraph, constants: ConstantTensors) -> None:
        self._model, self._graph, self._constants = model, graph, constants
        self._real: ModuleClone | None = None

    def load(self, name: str) -> ModuleClone:
        """Return a double of the network that shares its weights, for the call `name`.

        Raises:
            DataDependentCall: a network that cannot be copied.
        """
        try:
            self._real = self._real or ModuleClone(self._model, meta=False)
        except UserError:
            raise DataDependentCall(name) from None
        return self._real

    def call(self, func: Callable[..., Any], args: Any, kwargs: dict[str, Any], real: ModuleClone) -> Any:
        """Return what a function gives for the numbers of its arguments."""

        def number(one: Any) -> Any:
            if not isinstance(one, Tensor) or not self._constants.is_empty(one):
                return one
            return self._graph.value(self._constants.stand_in(one) if not one.is_meta else one, real)

        return func(*map_nested(args, number), **map_nested(kwargs, number))
