"""A private clone of a module tree, so that the module passed in is never touched."""

import copy
from collections import OrderedDict
from collections.abc import Iterator
from enum import Enum
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from cnnviz.module_copy.callables import FORWARD_HOOKS, CloneMemo, copy_function, copy_hooks, copy_object
from cnnviz.module_copy.checks import check_readable, check_weights
from cnnviz.module_copy.wrappers import named_modules, unwrap

_IMMUTABLE_TYPES = (
    int,
    float,
    str,
    bool,
    bytes,
    complex,
    type(None),
    torch.dtype,
    torch.device,
    torch.Size,
    type,
    range,
    Enum,
    BuiltinFunctionType,
    ModuleType,
    fx.Graph,
)

TensorPath = tuple[Any, ...]
"""Where a tensor stands in a module: (path of the module, attribute, then keys into lists and tables)."""


class ModuleClone:
    """Clones of all modules of `model`: evaluation mode, no wrappers, their own attributes.

    Their tensors are empty ones on the meta device, and they have the hooks of the forward pass, which write nothing
    into the original's lists and tables; or with `meta=False` the tensors are the model's own, which are only read,
    and there are no hooks.

    Raises:
        UserError: `network_script`, `network_quantized` or `network_sparse`;
            with `meta=False` also `network_no_weights`.
    """

    def __init__(self, model: nn.Module, *, meta: bool) -> None:
        self.sources: dict[int, TensorPath] = {}
        self.paths: dict[int, str] = {}
        self._meta = meta
        self._memo: dict[int, Any] = {}
        self._originals: list[nn.Module] = []
        self._tensors: list[Tensor] = []  # kept alive, so that no id in the memo is given to another
        self._doubles: list[Tensor] = []
        self._places: dict[int, list[Tensor]] | None = None
        self._swap = CloneMemo(self._memo)
        check_readable(model)
        if not meta:
            check_weights(model)
        model = unwrap(model)
        for path, module in named_modules(model):
            self._double(module, path)
        for module in list(self._originals):
            self._fill(module)
        self.root: nn.Module = self._memo[id(model)]
        self._by_path = {path: module for path, module in self.modules()}

    def modules(self) -> Iterator[tuple[str, nn.Module]]:
        """Return every double once, with its path."""
        for original in self._originals:
            double = self._memo[id(original)]
            yield self.paths[id(double)], double

    def tensor(self, source: TensorPath) -> Tensor:
        """Return the tensor that stands at `source`."""
        path, name, *keys = source
        found: Any = getattr(self.module(path), name)
        for key in keys:
            found = found[key]
        return found

    def at(self, storage: int) -> list[Tensor]:
        """Return the doubles of the model's tensors that lie in the memory `storage`."""
        if self._places is None:
            self._places = {}
            for double in self._doubles:
                if not isinstance(double, UninitializedParameter | UninitializedBuffer):
                    self._places.setdefault(double.untyped_storage()._cdata, []).append(double)
        return self._places.get(storage, [])

    def module(self, path: str) -> nn.Module:
        """Return the double called `path`."""
        return self._by_path[path]

    def _double(self, module: nn.Module, path: str) -> nn.Module:
        double = object.__new__(type(module))
        self._memo[id(module)] = double
        self._originals.append(module)
        self.paths[id(double)] = path
        return double

    def _fill(self, module: nn.Module) -> None:
        double = self._memo[id(module)]
        path, into = self.paths[id(double)], double.__dict__
        for key, value in module.__dict__.items():
            if key == "training":
                into[key] = False
            elif key in ("_parameters", "_buffers"):
                into[key] = {
                    name: None if tensor is None else self._tensor(tensor, (path, name))
                    for name, tensor in value.items()
                }
            elif key == "_modules":
                into[key] = {name: None if child is None else self._child(child) for name, child in value.items()}
            elif "_hooks" in key and key.startswith("_"):
                into[key] = OrderedDict()
            elif key == "_compiled_call_impl":
                into[key] = None
            elif isinstance(value, _IMMUTABLE_TYPES):
                into[key] = value
            else:
                into[key] = self._value(value, (path, key))
        if self._meta:
            into.update(copy_hooks(module, self._swap, FORWARD_HOOKS))

    def _child(self, child: nn.Module) -> nn.Module:
        double: nn.Module = self._memo[id(unwrap(child))]
        self._memo[id(child)] = double  # for whoever knows the wrapper
        return double

    def _tensor(self, tensor: Tensor, source: TensorPath) -> Tensor:
        double = self._memo.get(id(tensor))
        if double is None:
            double = tensor
            if self._meta:
                double = _on_meta(tensor)
            self._memo[id(tensor)] = double
            self._tensors.append(tensor)
            self._doubles.append(double)
            self.sources.setdefault(id(double), source)
        return double

    def _value(self, value: Any, source: TensorPath) -> Any:
        if isinstance(value, Tensor):
            return self._tensor(value, source)
        if isinstance(value, nn.Module):
            value = unwrap(value)
            if id(value) not in self._memo:  # kept beside the registered ones, in a plain list
                self._double(value, ".".join(map(str, source)).lstrip("."))
                self._fill(value)
            return self._memo[id(value)]
        if isinstance(value, FunctionType | MethodType | partial):
            return copy_function(value, self._swap)
        if isinstance(value, _IMMUTABLE_TYPES):
            return value
        if type(value) in (list, tuple):
            return type(value)(self._value(part, (*source, index)) for index, part in enumerate(value))
        if type(value) in (dict, OrderedDict):
            return type(value)((key, self._value(part, (*source, key))) for key, part in value.items())
        try:
            return copy.deepcopy(value, self._memo)
        except Exception:  # a lock, a file, a result that still has its graph
            return copy_object(value, self._swap)


def _on_meta(tensor: Tensor) -> Tensor:
    like: dict[str, Any] = {"device": "meta", "dtype": tensor.dtype}
    if isinstance(tensor, UninitializedParameter):
        return UninitializedParameter(requires_grad=tensor.requires_grad, **like)
    if isinstance(tensor, UninitializedBuffer):
        return UninitializedBuffer(**like)
    with torch.no_grad():
        empty = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(empty, requires_grad=tensor.requires_grad)
    return empty.requires_grad_(tensor.requires_grad)
