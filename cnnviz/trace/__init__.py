"""One forward pass as facts."""

from importlib import import_module
from typing import Any

_HOMES = {"trace": "tracer", "TraceFailed": "tracer", "Walk": "walk", "arithmetic": "arithmetic", "Line": "arithmetic",
          "seen": "seeing", "memory": "cost", "Memory": "cost", "by_stage": "cost", "StageCost": "cost", "fold": "folding", "unfold": "folding",
          "Fold": "folding", "Trace": "record", "LayerRecord": "record", "ReceptiveField": "record", "Box": "record"}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
