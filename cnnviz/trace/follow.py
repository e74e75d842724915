"""Following a forward pass on the meta device: layers and functions are caught as they are called."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.lazy import LazyModuleMixin
from torch.overrides import TorchFunctionMode

from cnnviz.accelerate.output_shapes import empty_output, empty_result
from cnnviz.trace.calls import replaced, tensors
from cnnviz.trace.function_names import CONSTANTS, FACTORIES, POINTWISE, spoken, works_in_place
from cnnviz.trace.functions import describe
from cnnviz.trace.graph import NO_SETTINGS, Graph, Made, Node
from cnnviz.trace.modules import SAME_SHAPE, UNSPLIT, is_whole, reader
from cnnviz.trace.rules import JOINS
from cnnviz.trace.settings import Described, Shape
from cnnviz.trace.shadow import Shadow

_no_functions = torch._C.DisableTorchFunction
_PARTS = nn.ModuleList | nn.ModuleDict | nn.ParameterList | nn.ParameterDict
"""What holds modules or weights and is never called."""


@dataclass(slots=True)
class Attempt:
    """The call under way: what to blame if it fails."""

    name: str
    shapes: tuple[Shape, ...]


class Follower:
    """Runs a double of a model once and fills `graph`; `attempt` is what failed where `run` raised."""

    def __init__(self, model: nn.Module) -> None:
        self.shadow = Shadow(model, meta=True)
        self.graph = Graph(self.shadow.sources)
        self.attempt: Attempt | None = None
        self.leaves: dict[str, int] = {}
        """How often each leaf was called."""
        self._names: dict[str, int] = {}
        self._paths: set[str] = set()
        self._block = [""]

    def run(self, input_shape: Shape) -> None:
        """One image of `input_shape` (C, H, W) through the model; what the model raises is passed on."""
        for path, module in self.shadow.modules():
            self._intercept(path, module)
        floats = (p.dtype for p in self.shadow.root.parameters() if p.is_floating_point())
        image = torch.empty(1, *input_shape, device="meta", dtype=next(floats, torch.float32))
        self.graph.begin(image)
        with torch.no_grad(), _Functions(self):
            self.shadow.root(image)

    def _intercept(self, path: str, module: nn.Module) -> None:
        if ".parametrizations" in f".{path}":
            return
        forward = module.forward
        children = any(child is not None for name, child in module._modules.items() if name != "parametrizations")
        leaf = not children or isinstance(module, UNSPLIT)
        self._paths.add(path)
        if isinstance(module, _PARTS):
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

        whole = leaf and is_whole(cast(Hashable, type(module)))
        module.__dict__["forward"] = call_layer if whole else call_code

    # ---- layers

    def _layer(
        self, path: str, module: nn.Module, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> Any:
        made = Made(self._module_name(path), "", path.rpartition(".")[0], path, args, kwargs, None)
        given = made.given
        self.attempt = Attempt(made.name, tuple(tuple(t.shape) for t in given))
        if isinstance(module, LazyModuleMixin) and module.has_uninitialized_params():
            module.initialize_parameters(*args, **kwargs)
            object.__setattr__(module, "__class__", module.cls_to_become or type(module))
            forward = type(module).forward.__get__(module)
        made.result = self._result(module, forward, args, kwargs)
        self.attempt = None
        made.kind = type(module).__name__
        if (read := reader(cast(Hashable, type(module)))) is not None:
            made.operation, made.settings = read(module, tuple(given[0].shape) if given else ())
        made.params = list(module.parameters())
        made.in_place = bool(getattr(module, "inplace", False))
        return self.graph.add(made)

    def _result(self, module: nn.Module, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        """What `forward` gives; an empty tensor where torch's own rules leave no doubt about its shape."""
        plain = len(args) == 1 and not kwargs and isinstance(args[0], Tensor)
        if not plain or not type(module).__module__.startswith("torch.nn."):
            return forward(*args, **kwargs)
        x: Tensor = args[0]
        if isinstance(module, SAME_SHAPE) and x.is_contiguous() and x.is_floating_point():
            if not isinstance(module, _BatchNorm):
                return x if getattr(module, "inplace", False) else x.new_empty(x.shape)
            dims = 4 if isinstance(module, nn.BatchNorm2d) else 2
            if x.dim() == dims and x.shape[1] == module.num_features:
                return x.new_empty(x.shape)
        known = empty_output(module, x)
        return forward(x) if known is None else known

    # ---- code that torch.nn did not write

    def _code(self, path: str, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        self._block.append(path)
        try:
            return forward(*args, **kwargs)
        except Exception:
            with _no_functions():
                shapes = tuple(tuple(t.shape) for t in tensors((args, kwargs)))
            self.attempt = self.attempt or Attempt(path, shapes)
            raise
        finally:
            self._block.pop()

    def _as_row(self, path: str, module: nn.Module, begin: int, args: Any, kwargs: dict[str, Any], result: Any) -> Any:
        """A leaf that did one thing, or none, becomes one row; one that did more stays as its operations."""
        self.leaves[path] += 1
        rows = [node for node in self.graph.nodes[begin:] if not node.hidden]
        made = Made("", type(module).__name__, path.rpartition(".")[0], path, args, kwargs, result)
        with _no_functions():
            if not rows and any(result is given for given in made.given):
                made.name, made.operation = self._module_name(path, called=True), "identity"
                return self.graph.add(made)
            if len(rows) == 1 and not rows[0].call.in_place and self.graph.maker(result) is rows[0]:
                self._rename(rows[0], made)
        return result

    def _rename(self, node: Node, made: Made) -> None:
        refs = self.graph.refs(made.given)
        inputs = self.graph.moving(refs)
        if set(inputs) != set(node.call.inputs):  # it read an attribute that other code had set
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
        """Runs a function of torch and keeps it where it computes a tensor."""
        raw = getattr(func, "__name__", "")
        a_number = raw == "tensor" and isinstance(args[0], int | float)
        if raw in FACTORIES and "device" not in kwargs and not a_number:
            kwargs = {**kwargs, "device": "meta"}
        if any(t.device.type != "meta" and t.dim() for t in tensors((args, kwargs))):
            args, kwargs = replaced(args, _to_meta), replaced(kwargs, _to_meta)
        try:
            known = empty_result(func, args, kwargs)
            result = func(*args, **kwargs) if known is None else known
        except Exception:
            shapes = tuple(tuple(t.shape) for t in tensors((args, kwargs)))
            self.attempt = self.attempt or Attempt(f"{self._block[-1]}.{spoken(func)}".lstrip("."), shapes)
            raise
        self.attempt = None
        changed = args[0] if raw == "__setitem__" else result
        if next(tensors(changed), None) is None:
            return result
        with _no_functions():
            kept = self._keep(Made("", spoken(func), self._block[-1], func, args, kwargs, changed), raw)
        return result if raw == "__setitem__" else kept

    def _keep(self, made: Made, raw: str) -> Any:
        given = made.given
        refs = self.graph.refs(given)
        moving = self.graph.moving(refs)
        weights = [t for t in given if id(t) in self.shadow.sources]
        made.in_place = works_in_place(made.target, made.kwargs)
        made.params = [t for t in weights if isinstance(t, nn.Parameter)]
        for ref in refs:
            if ref not in moving:
                made.params = [*made.params, *self.graph.nodes[ref.call].params]
        if made.kind in CONSTANTS or not moving:
            if refs or weights or raw in FACTORIES:
                self.graph.hide(made)
            return made.result
        described: Described = ("", NO_SETTINGS)
        reads_first = self.graph.moving(self.graph.refs(given[:1]))
        if raw != "__setitem__" and (reads_first or made.kind in POINTWISE or made.kind in JOINS):
            described = describe(made.kind, made.args, made.kwargs, tuple(given[0].shape))
        made.operation, made.settings = described
        made.name = self._operation_name(made.block, made.kind)
        return self.graph.add(made)

    def _operation_name(self, block: str, kind: str) -> str:
        name = f"{block}.{kind}".lstrip(".")
        count = self._names.get(name, 0) + 1
        while (numbered := name if count == 1 else f"{name}_{count}") in self._paths:
            count += 1
        self._names[name] = count
        return numbered


def _to_meta(value: Any) -> Any:
    return value.to("meta") if isinstance(value, Tensor) and value.dim() else value


class _Functions(TorchFunctionMode):
    """Hands every function of torch that is called outside a layer to the follower."""

    def __init__(self, follower: Follower) -> None:
        super().__init__()
        self._follower = follower

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self._follower.function(func, args, kwargs or {})
