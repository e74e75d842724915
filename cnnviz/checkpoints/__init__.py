"""The trained networks that come with the project: a card of facts and a file of weights each.

Everything is loaded at its first use, so that importing this package does not import torch.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.checkpoints.card import Card as Card
    from cnnviz.checkpoints.catalog import CHECKPOINTS as CHECKPOINTS
    from cnnviz.checkpoints.catalog import MEASURED as MEASURED
    from cnnviz.checkpoints.catalog import checkpoint as checkpoint
    from cnnviz.checkpoints.catalog import checkpoints_of as checkpoints_of
    from cnnviz.checkpoints.weights import build_network as build_network
    from cnnviz.checkpoints.weights import load_weights as load_weights

_HOMES = {
    "CHECKPOINTS": "catalog",
    "Card": "card",
    "MEASURED": "catalog",
    "build_network": "weights",
    "checkpoint": "catalog",
    "checkpoints_of": "catalog",
    "load_weights": "weights",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
