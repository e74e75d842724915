"""The trained networks that come with the project: a card of facts and a file of weights each.

Everything is loaded at its first use, so that importing this package does not import torch.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.checkpoints.card import Card as Card
    from cnnviz.checkpoints.table import CHECKPOINTS as CHECKPOINTS
    from cnnviz.checkpoints.table import MEASURED as MEASURED
    from cnnviz.checkpoints.table import checkpoint as checkpoint
    from cnnviz.checkpoints.table import checkpoints_of as checkpoints_of
    from cnnviz.checkpoints.weights import build_network as build_network
    from cnnviz.checkpoints.weights import load_weights as load_weights

_HOMES = {
    "CHECKPOINTS": "table",
    "Card": "card",
    "MEASURED": "table",
    "build_network": "weights",
    "checkpoint": "table",
    "checkpoints_of": "table",
    "load_weights": "weights",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
