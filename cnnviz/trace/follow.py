"""Following a forward pass on the meta device: every call of a layer and every function becomes a node of the graph."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.lazy import LazyModuleMixin
from torch.overrides import TorchFunctionMode

from cnnviz.trace.calls import Call, Ref, Weight, replaced, tensors
from cnnviz.trace.functions import CONSTANTS, FACTORIES, describe, spoken, works_in_place
from cnnviz.trace.modules import SAME_SHAPE, UNSPLIT, Described, Shape, is_whole, reader
from cnnviz.trace.operation import Operation, multiply_adds
from cnnviz.trace.rules import JOINS, spread
from cnnviz.trace.shadow import Shadow
from cnnviz.trace.state import CONSTANT, THE_IMAGE, State, unknown

_NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})
_Function = Callable[..., Any]
_no_functions = torch._C.DisableTorchFunction


@dataclass(slots=True)
class Node:
    """One call; a hidden one computes from weights or shapes alone and is no row."""

    call: Call
    kind: str
    block: str
    operation: str
    settings: Mapping[str, Any]
    shapes: tuple[Shape, ...]
    states: tuple[State, ...]
    hidden: bool = False
    params: list[Tensor] = field(default_factory=list)
    """The parameters it read; those counted here for a row."""
    macs: int = 0
    shares_memory: bool = False


@dataclass(slots=True)
class Attempt:
    """The call under way: what to blame if it fails."""

    name: str
    kind: str
    shapes: tuple[Shape, ...]


class Follower:
    """Runs a double of a model once and keeps `nodes`; `attempt` is what failed where `run` raised."""

    def __init__(self, model: nn.Module) -> None:
        self.shadow = Shadow(model, meta=True)
        self.nodes: list[Node] = []
        self.attempt: Attempt | None = None
        self.leaves: dict[str, int] = {}
        self.input_shape: Shape = ()
        self._values: dict[int, tuple[Tensor, Ref]] = {}
        self._storages: dict[int, list[int]] = {}
        self._broken: dict[int, str] = {}
        self._names: dict[str, int] = {}
        self._paths: set[str] = set()
        self._counted: set[int] = set()
        self._block = [""]
        self._sizes: dict[Any, tuple[Shape, Shape, torch.dtype] | None] = {}

    def run(self, input_shape: Shape) -> None:
        """One image of `input_shape` (C, H, W) through the model; what the model raises is passed on."""
        self.input_shape = input_shape
        for path, module in self.shadow.modules():
            self._intercept(path, module)
        floats = (p.dtype for p in self.shadow.root.parameters() if p.is_floating_point())
        image = torch.empty(1, *input_shape, device="meta", dtype=next(floats, torch.float32))
        self._own(image, Ref(-1, 0))
        with torch.no_grad(), _Functions(self):
            self.shadow.root(image)

    def _intercept(self, path: str, module: nn.Module) -> None:
        if ".parametrizations" in f".{path}":
            return
        forward = module.forward
        children = any(child is not None for name, child in module._modules.items() if name != "parametrizations")
        parts = isinstance(module, nn.ModuleList | nn.ModuleDict | nn.ParameterList | nn.ParameterDict)
        whole = (not children or isinstance(module, UNSPLIT)) and is_whole(type(module))
        self._paths.add(path)
        if not children and not parts and path:
            self.leaves[path] = 0
        elif isinstance(module, UNSPLIT):
            self.leaves[path] = 0
        if parts:
            return

        def call_whole(*args: Any, **kwargs: Any) -> Any:
            with _no_functions():
                return self._layer(path, module, forward, args, kwargs)

        def call_code(*args: Any, **kwargs: Any) -> Any:
            return self._code(path, module, forward, args, kwargs, leaf=not children)

        module.__dict__["forward"] = call_whole if whole else call_code

    # ---- layers

    def _layer(self, path: str, module: nn.Module, forward: _Function, args: tuple[Any, ...],
               kwargs: dict[str, Any]) -> Any:
        name = self._module_name(path)
        kind = type(module)
        first = args[0] if args else next(tensors(kwargs), None)
        if not isinstance(first, Tensor):
            first = next(tensors(args), None)
        shape = tuple(first.shape) if first is not None else ()
        self.attempt = Attempt(name, kind.__name__, ())
        if isinstance(module, LazyModuleMixin) and module.has_uninitialized_params():
            module.initialize_parameters(*args, **kwargs)
            kind = module.__class__ = module.cls_to_become or kind
            self.attempt.kind = kind.__name__
            forward = kind.forward.__get__(module)
        self.attempt.shapes = tuple(tuple(t.shape) for t in tensors((args, kwargs)))
        result = self._result(module, forward, args, kwargs)
        self.attempt = None
        read = reader(kind)
        operation, settings = ("", _NO_SETTINGS) if read is None else read(module, shape)
        in_place = bool(getattr(module, "inplace", False))
        return self._add(name, kind.__name__, path.rpartition(".")[0], (operation, settings), path, args, kwargs, result,
                         list(module.parameters()), in_place)

    def _result(self, module: nn.Module, forward: _Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What `forward` gives; where the same layer already read the same shape, an empty tensor as it gave then."""
        if len(args) != 1 or kwargs or not isinstance(args[0], Tensor) or type(module).__module__[:9] != "torch.nn.":
            return forward(*args, **kwargs)
        x: Tensor = args[0]
        if isinstance(module, SAME_SHAPE) and x.is_contiguous() and x.is_floating_point():
            if not isinstance(module, nn.modules.batchnorm._BatchNorm):
                return x if getattr(module, "inplace", False) else torch.empty_like(x)
            if x.dim() == (4 if isinstance(module, nn.BatchNorm2d) else 2) and x.shape[1] == module.num_features:
                return torch.empty_like(x)
        if not isinstance(module, nn.Conv2d) or "parametrizations" in module._modules:
            return forward(x)
        key = (x.shape, x.stride(), x.dtype, module.weight.shape, module.stride, module.padding, module.dilation,
               module.groups, module.padding_mode, module.bias is None)
        known = self._sizes.get(key)
        if known is not None:
            return torch.empty_strided(known[0], known[1], dtype=known[2], device="meta")
        result: Tensor = forward(x)
        self._sizes[key] = tuple(result.shape), result.stride(), result.dtype
        return result

    def _code(self, path: str, module: nn.Module, forward: _Function, args: tuple[Any, ...], kwargs: dict[str, Any],
              *, leaf: bool) -> Any:
        """Runs a forward that torch.nn did not write; one that makes a single operation, or none, becomes one row."""
        begin = len(self.nodes)
        self._block.append(path)
        try:
            result = forward(*args, **kwargs)
        except Exception:
            self.attempt = self.attempt or Attempt(path, "", tuple(tuple(t.shape) for t in tensors((args, kwargs))))
            raise
        finally:
            self._block.pop()
        if not leaf or not path:
            return result
        self.leaves[path] += 1
        rows = [node for node in self.nodes[begin:] if not node.hidden]
        with _no_functions():
            if len(rows) == 1 and not rows[0].call.in_place and isinstance(result, Tensor) and self._made(result, rows[0]):
                self._rename(rows[0], path, module, args, kwargs)
            elif not rows and isinstance(result, Tensor) and any(result is read for read in tensors((args, kwargs))):
                name = self._module_name(path, called=True)
                return self._add(name, type(module).__name__, path.rpartition(".")[0], ("identity", _NO_SETTINGS), path,
                                 args, kwargs, result, [], False)
        return result

    def _made(self, result: Tensor, node: Node) -> bool:
        owned = self._values.get(id(result))
        return owned is not None and owned[1].call >= 0 and self.nodes[owned[1].call] is node

    def _rename(self, node: Node, path: str, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._names.pop(node.call.name, None)
        reads = [ref for t in tensors((args, kwargs)) if (ref := self._ref(t)) is not None]
        visible = tuple(ref for ref in reads if not self._is_hidden(ref))
        if set(visible) != set(node.call.inputs):  # it read what it was not given, such as an attribute set before
            return
        name = self._module_name(path, called=True)
        node.call = Call(path, replaced(args, self._freeze), replaced(kwargs, self._freeze), tuple(reads), name, visible,
                         node.shapes, broken=node.call.broken)
        node.kind, node.block = type(module).__name__, path.rpartition(".")[0]

    def _module_name(self, path: str, *, called: bool = False) -> str:
        if path in self.leaves and not called:
            self.leaves[path] += 1
        count = self._names[path] = self._names.get(path, 0) + 1
        name = path or type(self.shadow.root).__name__
        return name if count == 1 else f"{name}#{count}"

    # ---- functions

    def function(self, func: _Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Runs a function of torch and keeps it where it computes a tensor."""
        raw = getattr(func, "__name__", "")
        if raw in FACTORIES and "device" not in kwargs and not (raw == "tensor" and isinstance(args[0], int | float)):
            kwargs = {**kwargs, "device": "meta"}
        given = list(tensors((args, kwargs)))
        if any(t.device.type != "meta" and t.dim() for t in given):
            args, kwargs = replaced(args, self._to_meta), replaced(kwargs, self._to_meta)
            given = list(tensors((args, kwargs)))
        try:
            result = func(*args, **kwargs)
        except Exception:
            if self.attempt is None:
                kind = spoken(func)
                self.attempt = Attempt(f"{self._block[-1]}.{kind}".lstrip("."), kind, tuple(tuple(t.shape) for t in given))
            raise
        self.attempt = None
        changed = args[0] if raw == "__setitem__" else result
        if not any(True for _ in tensors(changed)):
            return result
        with _no_functions():
            added = self._function_node(func, raw, args, kwargs, changed)
        return result if raw == "__setitem__" else added

    def _function_node(self, func: _Function, raw: str, args: tuple[Any, ...], kwargs: dict[str, Any],
                       result: Any) -> Any:
        kind, block = spoken(func), self._block[-1]
        given = list(tensors((args, kwargs)))
        refs = [ref for t in given if (ref := self._ref(t)) is not None]
        params = [t for t in given if isinstance(t, nn.Parameter) and id(t) in self.shadow.sources]
        for ref in refs:
            if self._is_hidden(ref):
                params += self.nodes[ref.call].params
        in_place = works_in_place(func, kwargs)
        if kind in CONSTANTS or not any(not self._is_hidden(ref) for ref in refs):
            if refs or params or raw in FACTORIES or any(id(t) in self.shadow.sources for t in given):
                self._hide(func, args, kwargs, refs, params, result, in_place)
            return result
        first = given[0] if given else None
        described: Described = ("", _NO_SETTINGS)
        moving = first is not None and (ref := self._ref(first)) is not None and not self._is_hidden(ref)
        if raw != "__setitem__" and (moving or kind in JOINS or self._is_join(kind, args, kwargs)):
            shape = tuple(self._first_shape(args, kwargs))
            described = describe(kind, args, kwargs, shape)
        count = self._names[f"{block}.{kind}"] = self._names.get(f"{block}.{kind}", 0) + 1
        name = f"{block}.{kind}".lstrip(".")
        if count > 1 or name in self._paths:
            count = max(count, 2)
            while (numbered := f"{name}_{count}") in self._paths:
                count += 1
            self._names[f"{block}.{kind}"], name = count, numbered
        return self._add(name, kind, block, described, func, args, kwargs, result, params, in_place)

    @staticmethod
    def _is_join(kind: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        return describe(kind, args, kwargs, (1, 1, 1, 1))[0] == "pointwise" if len(args) == 2 else False

    @staticmethod
    def _first_shape(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Shape:
        return tuple(next(tensors((args, kwargs))).shape)

    def _hide(self, func: _Function, args: tuple[Any, ...], kwargs: dict[str, Any], refs: list[Ref],
              params: list[Tensor], result: Any, in_place: bool) -> None:
        outs = list(tensors(result))
        shapes = tuple(tuple(t.shape) for t in outs)
        call = Call(func, replaced(args, self._freeze), replaced(kwargs, self._freeze), tuple(refs), "", (), shapes, in_place)
        self.nodes.append(Node(call, "", "", "", _NO_SETTINGS, shapes, (CONSTANT,) * len(outs), hidden=True, params=params))
        for index, out in enumerate(outs):
            if id(out) not in self.shadow.sources:
                self._own(out, Ref(len(self.nodes) - 1, index))

    # ---- the graph

    def _add(self, name: str, kind: str, block: str, described: Described, target: str | _Function,
             args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, params: Sequence[Tensor], in_place: bool) -> Any:
        operation, settings = described
        plain = len(args) == 1 and not kwargs and isinstance(args[0], Tensor)
        given = [args[0]] if plain else list(tensors((args, kwargs)))
        refs = tuple(ref for t in given if (ref := self._ref(t)) is not None)
        inputs = tuple(ref for ref in refs if not self._is_hidden(ref))
        broken = next((self._broken[id(t)] for t in given if id(t) in self._broken), "")
        storages = {t.untyped_storage()._cdata for t in given}
        if not in_place and isinstance(result, Tensor) and any(result is t for t in given):
            result = result.detach()  # a new name for the same numbers
        outs = [result] if isinstance(result, Tensor) else list(tensors(result))
        shapes = tuple(tuple(t.shape) for t in outs)
        read = refs if operation in JOINS else inputs
        in_shapes = tuple(self._shape(ref) for ref in read)
        if broken:
            states: tuple[State, ...] = (unknown(broken),) * len(outs)
        elif not read:
            states = (CONSTANT,) * len(outs)
        else:
            states = spread(Operation(operation, kind, settings, tuple(self._state(ref) for ref in read),
                                      in_shapes, shapes))
        fresh = []
        for p in params:
            if id(p) not in self._counted:
                self._counted.add(id(p))
                fresh.append(p)
        call = Call(target, (inputs[0],) if plain and inputs else replaced(args, self._freeze),
                    replaced(kwargs, self._freeze) if kwargs else {}, refs, name, inputs, shapes, in_place, bool(broken))
        self.nodes.append(Node(call, kind, block, operation, settings, shapes, states, params=fresh,
                               macs=multiply_adds(operation, settings, in_shapes, shapes) if in_shapes else 0,
                               shares_memory=bool(outs) and outs[0].untyped_storage()._cdata in storages))
        for index, out in enumerate(outs):
            if in_place:
                self._overwrite(out, name)
            self._own(out, Ref(len(self.nodes) - 1, index))
        return result

    def _own(self, tensor: Tensor, ref: Ref) -> None:
        self._values[id(tensor)] = tensor, ref
        self._storages.setdefault(tensor.untyped_storage()._cdata, []).append(id(tensor))

    def _overwrite(self, tensor: Tensor, name: str) -> None:
        """Other views of the same memory no longer hold what their row gave."""
        for other in self._storages.get(tensor.untyped_storage()._cdata, ()):
            if other != id(tensor):
                self._broken[other] = name

    def _ref(self, tensor: Tensor) -> Ref | None:
        owned = self._values.get(id(tensor))
        return None if owned is None else owned[1]

    def _is_hidden(self, ref: Ref) -> bool:
        return ref.call >= 0 and self.nodes[ref.call].hidden

    def _shape(self, ref: Ref) -> Shape:
        return (1, *self.input_shape) if ref.call < 0 else self.nodes[ref.call].shapes[ref.out]

    def _state(self, ref: Ref) -> State:
        return THE_IMAGE if ref.call < 0 else self.nodes[ref.call].states[ref.out]

    def _freeze(self, value: Any) -> Any:
        if not isinstance(value, Tensor):
            return torch.device("cpu") if isinstance(value, torch.device) or value == "meta" else value
        ref = self._ref(value)
        if ref is not None:
            return ref
        source = self.shadow.sources.get(id(value))
        return value if source is None else Weight(source)

    @staticmethod
    def _to_meta(value: Any) -> Any:
        return value.to("meta") if isinstance(value, Tensor) and value.dim() else value


class _Functions(TorchFunctionMode):
    """Hands every function of torch that is called outside a layer to the follower."""

    def __init__(self, follower: Follower) -> None:
        super().__init__()
        self._follower = follower

    def __torch_function__(self, func: _Function, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self._follower.function(func, args, kwargs or {})
