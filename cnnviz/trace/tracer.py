"""The tracer: a forward pass on the meta device in which layers are caught as they are called, and functions too."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.lazy import LazyModuleMixin

from cnnviz.accelerate.output_shapes import empty_output
from cnnviz.module_copy.callables import FORWARD_HOOKS
from cnnviz.module_copy.checks import input_dtype
from cnnviz.module_copy.wrappers import eager_mode
from cnnviz.trace.data_dependence import DataDependentCall
from cnnviz.trace.function_tracer import FunctionTracer
from cnnviz.trace.graph_node import CallInProgress, FinishedCall, GraphNode
from cnnviz.trace.mac_counter import layer_may_multiply_add
from cnnviz.trace.module_settings import has_torch_forward
from cnnviz.trace.operations import knows_class, module_operation
from cnnviz.trace.pass_state import PassState
from cnnviz.trace.recorded_call import tensors_in
from cnnviz.trace.window_settings import Shape

_no_functions = torch._C.DisableTorchFunction
_CONTAINERS = nn.ModuleList | nn.ModuleDict | nn.ParameterList | nn.ParameterDict
"""Containers of modules or weights, which are never called."""
_OPAQUE_CONTAINERS = (nn.MultiheadAttention, nn.RNNBase)
"""Layers of torch.nn that hold parts which they never call."""


class Tracer:
    """A pass through a double of a model, which fills `graph`; `attempt` is what failed where `run` raised."""

    def __init__(self, model: nn.Module) -> None:
        self._pass = PassState.of(model)
        self.shadow, self.graph = self._pass.shadow, self._pass.graph
        self.leaves: dict[str, int] = {}
        """How often each leaf was called."""

    @property
    def attempt(self) -> CallInProgress | None:
        """The call that failed."""
        return self._pass.attempt

    def run(self, input_shape: Shape) -> None:
        """Send one image of `input_shape` (C, H, W) through the model; what the model raises is passed on."""
        for path, module in self.shadow.modules():
            self._intercept(path, module)
        image = torch.empty(1, *input_shape, device="meta", dtype=input_dtype(self.shadow.root))
        self.graph.begin(image)
        with eager_mode(), torch.no_grad(), FunctionTracer(self._pass):
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
        self._pass.names.reserve(path)
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
        """Return `hook` with its calls marked; one that asks for the image's numbers may look, and change nothing."""

        def call_hook(*args: Any) -> Any:
            begin, guessed, self._pass.guessed = len(self.graph.nodes), self._pass.guessed, ""
            self._pass.hooks += 1
            self._pass.blocks.append(f"{path}.hook".lstrip("."))
            try:
                result = hook(*args)
            finally:
                self._pass.hooks -= 1
                self._pass.blocks.pop()
                mine, self._pass.guessed = self._pass.guessed, guessed
            if mine and (result is not None or any(node.call.in_place for node in self.graph.nodes[begin:])):
                raise DataDependentCall(mine)
            return result

        return call_hook

    # ---- layers

    def _layer(
        self, path: str, module: nn.Module, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> Any:
        args, kwargs = self._pass.stand_ins(args), self._pass.stand_ins(kwargs)
        made = FinishedCall(self._module_name(path), "", path.rpartition(".")[0], path, args, kwargs, None)
        made.in_hook = self._pass.hooks > 0
        given = made.given
        self._pass.attempt = CallInProgress(made.name, tuple(tuple(t.shape) for t in given))
        if isinstance(module, LazyModuleMixin) and module.has_uninitialized_params():
            module.initialize_parameters(*args, **kwargs)
            object.__setattr__(module, "__class__", module.cls_to_become or type(module))
            forward = type(module).forward.__get__(module)
        made.attributes = self._computed(path, module)
        known = knows_class(type(module))
        with nullcontext() if known else self._pass.counter.running():
            made.result = _run_layer(module, forward, args, kwargs)
        self._pass.attempt = None
        made.kind = type(module).__name__
        if self.graph.moving(self.graph.refs(list(made.attributes.values()))):
            made.macs, made.uncounted = 0, True
        elif known:
            made.operation, made.settings = module_operation(module, tuple(given[0].shape) if given else ())
        else:
            made.macs = self._pass.counter.macs
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
                    found[name] = self._pass.constants.stand_in(value) if not value.is_meta else value
        return found

    # ---- code that torch.nn did not write

    def _code(self, path: str, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        self._pass.blocks.append(path)
        try:
            return forward(*args, **kwargs)
        except Exception:
            with _no_functions():
                shapes = tuple(tuple(t.shape) for t in tensors_in((args, kwargs)))
            self._pass.attempt = self._pass.attempt or CallInProgress(path, shapes)
            raise
        finally:
            self._pass.blocks.pop()

    def _as_row(self, path: str, module: nn.Module, begin: int, args: Any, kwargs: dict[str, Any], result: Any) -> Any:
        """Make one row of a leaf that did one thing, or none; one that did more stays as its operations."""
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
        self._pass.names.release(node.call.name)
        made.name = self._module_name(str(made.target), called=True)
        node.call = self.graph.frozen(made, refs, inputs, node.call.shapes, broken=node.call.broken)
        node.kind, node.block = made.kind, made.block

    def _module_name(self, path: str, *, called: bool = False) -> str:
        if path in self.leaves and not called:
            self.leaves[path] += 1
        return self._pass.names.of_module(path, type(self.shadow.root).__name__)


def _run_layer(module: nn.Module, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
    """Return the output of `forward`; an empty tensor where torch's own rules leave no doubt about its shape."""
    plain = len(args) == 1 and not kwargs and isinstance(args[0], Tensor)
    if not plain or not type(module).__module__.startswith("torch.nn."):
        return forward(*args, **kwargs)
    known = empty_output(module, args[0])
    return forward(*args) if known is None else known


def _result_fields(result: Any) -> Any:
    """Return the result of a network as lists and tables: those of other libraries keep theirs in attributes."""
    if isinstance(result, Tensor | tuple | list | Mapping) or not hasattr(result, "__dict__"):
        return result
    return list(vars(result).values())
