"""The networks of the course: a table of architectures, and the way to build one.

`ARCHITECTURES` is loaded at its first use, so that importing this package does not import torch.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.zoo.factory import build as build
    from cnnviz.zoo.table import ARCHITECTURES as ARCHITECTURES
    from cnnviz.zoo.table import architecture as architecture

_HOMES = {"ARCHITECTURES": "table", "architecture": "table", "build": "factory"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
