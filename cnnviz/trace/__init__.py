"""One forward pass as facts."""

from importlib import import_module
from typing import Any

_HOMES = {
    "api": ("trace", "TraceFailed"),
    "activations": ("LazyActivations",),
    "exact_fields": ("exact_field",),
    "cost": ("memory", "BatchMemory", "cost_by_stage", "StageCost"),
    "folding": ("fold_blocks", "FoldedBlock"),
    "record": ("Trace", "LayerRecord", "ReceptiveField", "Box"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
