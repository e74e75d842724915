"""Which pixels mattered to an answer of a network, by Captum's methods, and how far each can be trusted.

Everything is loaded at its first use, so that importing this package does not import torch or captum.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.attribution.baselines import BASELINES as BASELINES
    from cnnviz.attribution.layers import LayerFacts as LayerFacts
    from cnnviz.attribution.layers import layers_of as layers_of
    from cnnviz.attribution.layers import suggest_layer as suggest_layer
    from cnnviz.attribution.method import Method as Method
    from cnnviz.attribution.question import Stopped as Stopped
    from cnnviz.attribution.record import Attribution as Attribution
    from cnnviz.attribution.record import Completeness as Completeness
    from cnnviz.attribution.record import Note as Note
    from cnnviz.attribution.table import METHODS as METHODS
    from cnnviz.attribution.table import find_method as find_method
    from cnnviz.attribution.target import Target as Target
    from cnnviz.attribution.target import logits_of as logits_of

_HOMES = {
    "BASELINES": "baselines",
    "LayerFacts": "layers",
    "layers_of": "layers",
    "suggest_layer": "layers",
    "Method": "method",
    "Stopped": "question",
    "Attribution": "record",
    "Completeness": "record",
    "Note": "record",
    "METHODS": "table",
    "find_method": "table",
    "Target": "target",
    "logits_of": "target",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
