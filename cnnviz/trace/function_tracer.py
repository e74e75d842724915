"""The functions of torch that are called outside a layer of torch.nn: run on the meta device, and kept."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnviz.accelerate.output_shapes import empty_result
from cnnviz.trace.call_arguments import as_zeros, run_on_values, without_device
from cnnviz.trace.data_dependence import DATA_DEPENDENT_FUNCTIONS, DataDependentCall
from cnnviz.trace.function_names import RANDOM_FACTORIES, SHAPE_ONLY, plain_name, works_in_place
from cnnviz.trace.graph_node import CallInProgress, FinishedCall
from cnnviz.trace.mac_counter import CONTRACTED_DIMENSIONS
from cnnviz.trace.operations import function_joins, function_operation, knows_function
from cnnviz.trace.pass_state import PassState
from cnnviz.trace.recorded_call import map_nested, tensors_in

_no_functions = torch._C.DisableTorchFunction
_TEXT_METHODS = ("__format__", "__repr__", "__str__")


class FunctionTracer(TorchFunctionMode):
    """Catches every function of torch that is called outside a layer."""

    def __init__(self, state: PassState) -> None:
        super().__init__()
        self._pass = state

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run a function of torch, and keep it where it computes a tensor of the image or of weights."""
        kwargs = kwargs or {}
        raw, name = getattr(func, "__name__", ""), plain_name(func)
        if raw in RANDOM_FACTORIES:
            kwargs = {**kwargs, "device": "meta"}
        elif not any(map(self._pass.constants.is_empty, tensors_in((args, kwargs)))):
            return run_on_values(func, raw, args, kwargs)
        if raw in _TEXT_METHODS:
            return "?"
        if raw == "__get__" and func.__self__.__name__ == "device":  # type: ignore[attr-defined]
            return torch.device("cpu")
        if raw in ("to", "type_as") and not self._pass.constants.is_empty(args[0]):
            return args[0].to(args[1].dtype)
        if raw in DATA_DEPENDENT_FUNCTIONS:
            return self._asked(func, name, args, kwargs)
        if raw in ("__getitem__", "__setitem__"):
            args = (args[0], self._places(raw, args[1]), *args[2:])
        written = args[0] if args and works_in_place(func, kwargs) else kwargs.get("out")
        args, kwargs = self._pass.stand_ins(args), self._pass.stand_ins(kwargs)
        if raw == "__set__":
            if func.__self__.__name__ == "data":  # type: ignore[attr-defined]
                self._pass.graph.rename(args[0], args[1])
            return func(*args)
        func, args, kwargs = without_device(func, raw, args, kwargs)
        result = self._ran(func, name, args, kwargs)
        changed = args[0] if raw == "__setitem__" else result
        if next(tensors_in(changed), None) is None:
            return result
        with _no_functions():
            made = FinishedCall(
                "", name, self._pass.blocks[-1], func, args, kwargs, changed, in_hook=self._pass.hooks > 0
            )
            kept = self._keep(made, raw)
        if isinstance(written, Tensor) and isinstance(kept, Tensor) and not written.is_meta:
            self._pass.constants.overwrite(written, kept, name)
        return result if raw == "__setitem__" else kept

    def _ran(self, func: Callable[..., Any], name: str, args: Any, kwargs: dict[str, Any]) -> Any:
        """Run a function on the meta device."""
        try:
            known = empty_result(func, args, kwargs)
            result = func(*args, **kwargs) if known is None else known
        except Exception as error:
            if isinstance(error, RuntimeError) and "meta" in str(error).lower():
                return self._asked(func, name, args, kwargs)
            shapes = tuple(tuple(t.shape) for t in tensors_in((args, kwargs)))
            self._pass.attempt = self._pass.attempt or CallInProgress(self._pass.place(name), shapes)
            raise
        self._pass.attempt = None
        return result

    def _places(self, raw: str, index: Any) -> Any:
        """Return an index with every mask told as the places that it picks, where the image does not decide them."""
        parts = index if isinstance(index, tuple) else (index,)
        if not any(isinstance(part, Tensor) and part.dtype is torch.bool for part in parts):
            return index
        told: list[Any] = []
        for part in parts:
            if not isinstance(part, Tensor) or part.dtype is not torch.bool:
                told.append(part)
            elif raw == "__setitem__" and self._pass.graph.moving(self._pass.graph.refs([part])):
                told.append(part)  # the shape does not depend on it
            else:
                told.extend(self._asked(torch.nonzero, "mask", (part,), {}).unbind(1))
        return tuple(told)

    def _asked(self, func: Callable[..., Any], name: str, args: Any, kwargs: dict[str, Any]) -> Any:
        """Return the answer of a function that needs numbers, where weights and constants alone decide it.

        Raises:
            DataDependentCall: the image decides it.
        """
        self._pass.attempt = CallInProgress(self._pass.place(name), ())
        given = [*tensors_in((args, kwargs))]
        if self._pass.graph.moving(self._pass.graph.refs(given)):
            if not self._pass.hooks:
                raise DataDependentCall(name)
            self._pass.guessed, self._pass.attempt = name, None
            return func(*map_nested(args, as_zeros), **map_nested(kwargs, as_zeros))
        real = self._pass.values.load(name)
        self._pass.attempt = None
        return self._pass.values.call(func, args, kwargs, real)

    def _keep(self, made: FinishedCall, raw: str) -> Any:
        given = made.given
        refs = self._pass.graph.refs(given)
        moving = self._pass.graph.moving(refs)
        weights = [t for t in given if id(t) in self._pass.shadow.sources]
        made.in_place = works_in_place(made.target, made.kwargs)
        made.params = [t for t in weights if isinstance(t, nn.Parameter)]
        for ref in refs:
            if ref not in moving:
                made.params = [*made.params, *self._pass.graph.nodes[ref.call].params]
        if made.kind in SHAPE_ONLY or not moving:
            if refs or weights or raw in RANDOM_FACTORIES:
                self._pass.graph.hide(made)
            return made.result
        reads_first = self._pass.graph.moving(self._pass.graph.refs(given[:1]))
        if raw != "__setitem__" and (reads_first or function_joins(made.kind)):
            shape = tuple(given[0].shape)
            made.operation, made.settings = function_operation(made.kind, made.args, made.kwargs, shape)
        if not made.operation and (not knows_function(made.kind) or made.kind in CONTRACTED_DIMENSIONS):
            self._pass.counter.count(made)
        made.name = self._pass.names.of_function(made.block, made.kind)
        return self._pass.graph.add(made)
