"""Modules that wrap another one: compiled or spread over devices."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel


def unwrap(module: nn.Module) -> nn.Module:
    """Return the module inside `torch.compile` and data parallelism, or `module` itself."""
    while True:
        inner = module._modules.get("_orig_mod") if type(module).__name__ == "OptimizedModule" else None
        if inner is None and isinstance(module, DataParallel | DistributedDataParallel):
            inner = module.module
        if inner is None:
            return module
        module = inner


def named_modules(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Yield every module once with its dotted path, as `model.named_modules()` but without wrappers."""
    seen: set[int] = set()

    def walk(module: nn.Module, path: str) -> Iterator[tuple[str, nn.Module]]:
        module = unwrap(module)
        if id(module) in seen:
            return
        seen.add(id(module))
        yield path, module
        for name, child in module._modules.items():
            if child is not None:
                yield from walk(child, f"{path}.{name}" if path else name)

    return walk(model, "")


def uncompile(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function inside `torch.compile`, or `function` itself."""
    return getattr(function, "_torchdynamo_orig_callable", function)


_eager_lock = threading.Lock()
_eager_users: list[Any] = []


@contextmanager
def eager_mode() -> Iterator[None]:
    """Run compiled functions as they were written; nothing changes where nothing was ever compiled."""
    if "torch._dynamo" not in sys.modules:
        yield
        return
    import torch

    with _eager_lock:
        _eager_users.append(torch.compiler.set_stance("force_eager") if not _eager_users else None)
    try:
        yield
    finally:
        with _eager_lock:
            stance = _eager_users.pop()
            if not _eager_users:
                stance.__exit__(None, None, None)
