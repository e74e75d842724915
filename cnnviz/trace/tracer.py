"""The tracer: a forward pass on the meta device in which layers and functions are caught as they are called."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.lazy import LazyModuleMixin
from torch.overrides import TorchFunctionMode

from cnnviz.accelerate.output_shapes import empty_output, empty_result
from cnnviz.errors import UserError
from cnnviz.module_copy.callables import FORWARD_HOOKS
from cnnviz.module_copy.checks import input_dtype
from cnnviz.module_copy.wrappers import eager_mode
from cnnviz.trace.constant_tensors import ConstantTensors
from cnnviz.trace.data_dependence import DATA_DEPENDENT_FUNCTIONS, DataDependentCall
from cnnviz.trace.function_names import RANDOM_FACTORIES, RANDOM_FILLS, SHAPE_ONLY, plain_name, works_in_place
from cnnviz.trace.graph import CallGraph, FinishedCall, GraphNode
from cnnviz.trace.mac_counter import (
    CONTRACTED_DIMENSIONS,
    MacCounter,
    layer_may_multiply_add,
    macs_by_shape,
    may_multiply_add,
)
from cnnviz.trace.module_clone import ModuleClone
from cnnviz.trace.module_settings import has_torch_forward
from cnnviz.trace.operations import function_joins, function_operation, knows_class, knows_function, module_operation
from cnnviz.trace.recorded_call import map_nested, tensors_in
from cnnviz.trace.window_settings import Shape

_no_functions = torch._C.DisableTorchFunction
_TEXT_METHODS = ("__format__", "__repr__", "__str__")
_CONTAINERS = nn.ModuleList | nn.ModuleDict | nn.ParameterList | nn.ParameterDict
"""Containers of modules or weights, which are never called."""
_OPAQUE_CONTAINERS = (nn.MultiheadAttention, nn.RNNBase)
"""Layers of torch.nn that hold parts which they never call."""


@dataclass(slots=True)
class CallInProgress:
    """The call under way: what to blame if it fails."""

    name: str
    shapes: tuple[Shape, ...]


class Tracer:
    """Runs a double of a model once and fills `graph`; `attempt` is what failed where `run` raised."""

    def __init__(self, model: nn.Module) -> None:
        self.shadow = ModuleClone(model, meta=True)
        self.graph = CallGraph(self.shadow)
        self.attempt: CallInProgress | None = None
        self.leaves: dict[str, int] = {}
        """How often each leaf was called."""
        self._model = model
        self._real: ModuleClone | None = None
        self._constants = ConstantTensors(self.graph)
        self._counted = MacCounter()
        self._names: dict[str, int] = {}
        self._paths: set[str] = set()
        self._block = [""]
        self._hooks = 0
        self._guessed = ""
        """What the hook under way asked of the image: it was told zeros."""

    def run(self, input_shape: Shape) -> None:
        """One image of `input_shape` (C, H, W) through the model; what the model raises is passed on."""
        for path, module in self.shadow.modules():
            self._intercept(path, module)
        image = torch.empty(1, *input_shape, device="meta", dtype=input_dtype(self.shadow.root))
        self.graph.begin(image)
        with eager_mode(), torch.no_grad(), _FunctionTracer(self):
            result = self.shadow.root(image)
        self.graph.drop_unread(list(tensors_in(_result_fields(result))))

    def _intercept(self, path: str, module: nn.Module) -> None:
        if ".parametrizations" in f".{path}":
            return
        for name in FORWARD_HOOKS:
            hooks = module.__dict__[name]
            for key, hook in hooks.items():
                if callable(hook):
                    hooks[key] = self._as_hook(path, hook)
        forward = module.forward
        children = any(child is not None for name, child in module._modules.items() if name != "parametrizations")
        leaf = not children or isinstance(module, _OPAQUE_CONTAINERS)
        self._paths.add(path)
        if isinstance(module, _CONTAINERS):
            return
        if path and leaf:
            self.leaves[path] = 0

        def call_layer(*args: Any, **kwargs: Any) -> Any:
            with _no_functions():
                return self._layer(path, module, forward, args, kwargs)

        def call_code(*args: Any, **kwargs: Any) -> Any:
            begin = len(self.graph.nodes)
            result = self._code(path, forward, args, kwargs)
            return self._as_row(path, module, begin, args, kwargs, result) if leaf and path else result

        whole = leaf and has_torch_forward(type(module))
        module.__dict__["forward"] = call_layer if whole else call_code

    def _as_hook(self, path: str, hook: Callable[..., Any]) -> Callable[..., Any]:
        """`hook`, with its calls marked; one that asks for the image's numbers may look, and change nothing."""

        def call_hook(*args: Any) -> Any:
            begin, guessed, self._guessed = len(self.graph.nodes), self._guessed, ""
            self._hooks += 1
            self._block.append(f"{path}.hook".lstrip("."))
            try:
                result = hook(*args)
            finally:
                self._hooks -= 1
                self._block.pop()
                mine, self._guessed = self._guessed, guessed
            if mine and (result is not None or any(node.call.in_place for node in self.graph.nodes[begin:])):
                raise DataDependentCall(mine)
            return result

        return call_hook

    # ---- layers

    def _layer(
        self, path: str, module: nn.Module, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> Any:
        args, kwargs = self._stand_ins(args), self._stand_ins(kwargs)
        made = FinishedCall(self._module_name(path), "", path.rpartition(".")[0], path, args, kwargs, None)
        made.in_hook = self._hooks > 0
        given = made.given
        self.attempt = CallInProgress(made.name, tuple(tuple(t.shape) for t in given))
        if isinstance(module, LazyModuleMixin) and module.has_uninitialized_params():
            module.initialize_parameters(*args, **kwargs)
            object.__setattr__(module, "__class__", module.cls_to_become or type(module))
            forward = type(module).forward.__get__(module)
        made.attributes = self._computed(path, module)
        known = knows_class(type(module))
        with nullcontext() if known else self._counted.running():
            made.result = self._result(module, forward, args, kwargs)
        self.attempt = None
        made.kind = type(module).__name__
        if self.graph.moving(self.graph.refs(list(made.attributes.values()))):
            made.macs, made.uncounted = 0, True
        elif known:
            made.operation, made.settings = module_operation(module, tuple(given[0].shape) if given else ())
        else:
            made.macs = self._counted.macs
            made.uncounted = not made.macs and layer_may_multiply_add(module)
        made.params = list(module.parameters())
        made.in_place = bool(getattr(module, "inplace", False))
        return self.graph.add(made)

    def _computed(self, path: str, module: nn.Module) -> dict[str, Tensor]:
        """Return the weights of a layer that hooks or code have computed since the pass began."""
        found = {}
        for held in (module._parameters, module._buffers, module.__dict__):
            for name, value in held.items():
                if isinstance(value, Tensor) and self.graph.is_new(value, (path, name)):
                    found[name] = self._constants.stand_in(value) if not value.is_meta else value
        return found

    def _result(self, module: nn.Module, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        """Return the output of `forward`; an empty tensor where torch's own rules leave no doubt about its shape."""
        plain = len(args) == 1 and not kwargs and isinstance(args[0], Tensor)
        if not plain or not type(module).__module__.startswith("torch.nn."):
            return forward(*args, **kwargs)
        known = empty_output(module, args[0])
        return forward(*args) if known is None else known

    # ---- code that torch.nn did not write

    def _code(self, path: str, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        self._block.append(path)
        try:
            return forward(*args, **kwargs)
        except Exception:
            with _no_functions():
                shapes = tuple(tuple(t.shape) for t in tensors_in((args, kwargs)))
            self.attempt = self.attempt or CallInProgress(path, shapes)
            raise
        finally:
            self._block.pop()

    def _as_row(self, path: str, module: nn.Module, begin: int, args: Any, kwargs: dict[str, Any], result: Any) -> Any:
        """Return a leaf that did one thing, or none, becomes one row; one that did more stays as its operations."""
        self.leaves[path] += 1
        rows = [node for node in self.graph.nodes[begin:] if not node.hidden]
        made = FinishedCall("", type(module).__name__, path.rpartition(".")[0], path, args, kwargs, result)
        with _no_functions():
            if not rows and any(result is given for given in made.given):
                made.name, made.operation = self._module_name(path, called=True), "identity"
                return self.graph.add(made)
            if len(rows) == 1 and not rows[0].call.in_place and self.graph.maker(result) is rows[0]:
                self._rename(rows[0], made, begin)
        return result

    def _rename(self, node: GraphNode, made: FinishedCall, begin: int) -> None:
        refs = self.graph.refs(made.given)
        inputs = self.graph.moving(refs)
        foreign = {ref for ref in node.call.refs if ref not in refs and ref.call < begin}
        if foreign or set(inputs) != set(node.call.inputs):  # it read an attribute that other code had set
            return
        self._names.pop(node.call.name, None)
        made.name = self._module_name(str(made.target), called=True)
        node.call = self.graph.frozen(made, refs, inputs, node.call.shapes, broken=node.call.broken)
        node.kind, node.block = made.kind, made.block

    def _module_name(self, path: str, *, called: bool = False) -> str:
        if path in self.leaves and not called:
            self.leaves[path] += 1
        count = self._names[path] = self._names.get(path, 0) + 1
        name = path or type(self.shadow.root).__name__
        return name if count == 1 else f"{name}#{count}"

    # ---- functions

    def function(self, func: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        """Runs a function of torch and keeps it where it computes a tensor of the image or of weights."""
        raw, name = getattr(func, "__name__", ""), plain_name(func)
        if raw in RANDOM_FACTORIES:
            kwargs = {**kwargs, "device": "meta"}
        elif not any(map(self._constants.is_empty, tensors_in((args, kwargs)))):
            return _run_on_values(func, raw, args, kwargs)
        if raw in _TEXT_METHODS:
            return "?"
        if raw == "__get__" and func.__self__.__name__ == "device":  # type: ignore[attr-defined]
            return torch.device("cpu")
        if raw in ("to", "type_as") and not self._constants.is_empty(args[0]):
            return args[0].to(args[1].dtype)
        if raw in DATA_DEPENDENT_FUNCTIONS:
            return self._asked(func, name, args, kwargs)
        if raw in ("__getitem__", "__setitem__"):
            args = (args[0], self._places(raw, args[1]), *args[2:])
        written = args[0] if args and works_in_place(func, kwargs) else kwargs.get("out")
        args, kwargs = self._stand_ins(args), self._stand_ins(kwargs)
        if raw == "__set__":
            if func.__self__.__name__ == "data":  # type: ignore[attr-defined]
                self.graph.rename(args[0], args[1])
            return func(*args)
        func, args, kwargs = _without_device(func, raw, args, kwargs)
        result = self._ran(func, name, args, kwargs)
        changed = args[0] if raw == "__setitem__" else result
        if next(tensors_in(changed), None) is None:
            return result
        with _no_functions():
            made = FinishedCall("", name, self._block[-1], func, args, kwargs, changed, in_hook=self._hooks > 0)
            kept = self._keep(made, raw)
        if isinstance(written, Tensor) and isinstance(kept, Tensor) and not written.is_meta:
            self._constants.overwrite(written, kept, name)
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
            self.attempt = self.attempt or CallInProgress(f"{self._block[-1]}.{name}".lstrip("."), shapes)
            raise
        self.attempt = None
        return result

    def _count(self, made: FinishedCall) -> None:
        """The multiply-adds of a function that has no formula among the operations."""
        made.macs = macs_by_shape(made.kind, made.args, made.result)
        if made.macs is None and not made.in_place and may_multiply_add(made.kind):
            try:
                with self._counted.running():
                    made.target(*made.args, **made.kwargs)  # type: ignore[operator]
            except Exception:  # it computes on the meta device, but not by operations that can be counted
                self._counted.macs = 0
            made.macs = self._counted.macs
        made.macs = made.macs or 0
        made.uncounted = not made.macs and may_multiply_add(made.kind)

    def _places(self, raw: str, index: Any) -> Any:
        """Return an index with every mask told as the places that it picks, where the image does not decide them."""
        parts = index if isinstance(index, tuple) else (index,)
        if not any(isinstance(part, Tensor) and part.dtype is torch.bool for part in parts):
            return index
        told: list[Any] = []
        for part in parts:
            if not isinstance(part, Tensor) or part.dtype is not torch.bool:
                told.append(part)
            elif raw == "__setitem__" and self.graph.moving(self.graph.refs([part])):
                told.append(part)  # the shape does not depend on it
            else:
                told.extend(self._asked(torch.nonzero, "mask", (part,), {}).unbind(1))
        return tuple(told)

    def _stand_ins(self, value: Any) -> Any:
        """`value` with an empty tensor on the meta device for every tensor with numbers."""
        return map_nested(
            value, lambda one: self._constants.stand_in(one) if isinstance(one, Tensor) and not one.is_meta else one
        )

    def _asked(self, func: Callable[..., Any], name: str, args: Any, kwargs: dict[str, Any]) -> Any:
        """Return the answer of a function that needs numbers, where weights and constants alone decide it.

        Raises:
            ValuesNeeded: the image decides it.
        """
        self.attempt = CallInProgress(f"{self._block[-1]}.{name}".lstrip("."), ())
        given = [*tensors_in((args, kwargs))]
        if self.graph.moving(self.graph.refs(given)):
            if not self._hooks:
                raise DataDependentCall(name)
            self._guessed, self.attempt = name, None
            return func(*map_nested(args, _zeros), **map_nested(kwargs, _zeros))
        try:
            self._real = self._real or ModuleClone(self._model, meta=False)
        except UserError:
            raise DataDependentCall(name) from None
        real = self._real

        def number(one: Any) -> Any:
            if not isinstance(one, Tensor) or not self._constants.is_empty(one):
                return one
            return self.graph.value(self._constants.stand_in(one) if not one.is_meta else one, real)

        self.attempt = None
        return func(*map_nested(args, number), **map_nested(kwargs, number))

    def _keep(self, made: FinishedCall, raw: str) -> Any:
        given = made.given
        refs = self.graph.refs(given)
        moving = self.graph.moving(refs)
        weights = [t for t in given if id(t) in self.shadow.sources]
        made.in_place = works_in_place(made.target, made.kwargs)
        made.params = [t for t in weights if isinstance(t, nn.Parameter)]
        for ref in refs:
            if ref not in moving:
                made.params = [*made.params, *self.graph.nodes[ref.call].params]
        if made.kind in SHAPE_ONLY or not moving:
            if refs or weights or raw in RANDOM_FACTORIES:
                self.graph.hide(made)
            return made.result
        reads_first = self.graph.moving(self.graph.refs(given[:1]))
        if raw != "__setitem__" and (reads_first or function_joins(made.kind)):
            shape = tuple(given[0].shape)
            made.operation, made.settings = function_operation(made.kind, made.args, made.kwargs, shape)
        if not made.operation and (not knows_function(made.kind) or made.kind in CONTRACTED_DIMENSIONS):
            self._count(made)
        made.name = self._operation_name(made.block, made.kind)
        return self.graph.add(made)

    def _operation_name(self, block: str, kind: str) -> str:
        name = f"{block}.{kind}".lstrip(".")
        count = self._names.get(name, 0) + 1
        while (numbered := name if count == 1 else f"{name}_{count}") in self._paths:
            count += 1
        self._names[name] = count
        return numbered


def _run_on_values(func: Callable[..., Any], raw: str, args: Any, kwargs: dict[str, Any]) -> Any:
    """Run a function on numbers that the image has no part in; the random numbers of others stay theirs."""
    if raw == "cuda":
        return args[0]
    args, kwargs = map_nested(args, _to_cpu), map_nested(kwargs, _to_cpu)
    with torch.random.fork_rng(devices=()) if raw in RANDOM_FILLS else nullcontext():
        return func(*args, **kwargs)


def _zeros(value: Any) -> Any:
    return torch.zeros(value.shape, dtype=value.dtype) if isinstance(value, Tensor) and value.is_meta else value


def _to_cpu(value: Any) -> Any:
    return torch.device("cpu") if isinstance(value, torch.device) or (type(value) is str and value == "meta") else value


def _without_device(func: Any, raw: str, args: Any, kwargs: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    """Return the same call without a word on devices: a network is followed on none of them."""
    if raw in ("cpu", "cuda"):
        return Tensor.contiguous, args[:1], {}
    if raw == "to":
        args = (args[0], *(one for one in args[1:] if not isinstance(one, torch.device | str)))
        kwargs = {key: value for key, value in kwargs.items() if key not in ("device", "non_blocking")}
        if not any(isinstance(one, torch.dtype | Tensor) for one in (*args[1:], *kwargs.values())):
            return Tensor.contiguous, args[:1], {}
    elif "device" in kwargs and raw not in RANDOM_FACTORIES:
        kwargs = {key: value for key, value in kwargs.items() if key != "device"}
    return func, args, kwargs


def _result_fields(result: Any) -> Any:
    """Return the result of a network as lists and tables: those of other libraries keep theirs in attributes."""
    if isinstance(result, Tensor | tuple | list | Mapping) or not hasattr(result, "__dict__"):
        return result
    return list(vars(result).values())


class _FunctionTracer(TorchFunctionMode):
    """Hands every function of torch that is called outside a layer to the follower."""

    def __init__(self, follower: Tracer) -> None:
        super().__init__()
        self._follower = follower

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self._follower.function(func, args, kwargs or {})
