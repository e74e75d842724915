"""Attribution: the share of each pixel in a network's answer, by Captum's methods, and tests of how far to trust it.

Everything is loaded at its first use, so that importing this package does not import torch or captum.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.attribution.base import Method as Method
    from cnnviz.attribution.baselines import BASELINES as BASELINES
    from cnnviz.attribution.layers import LayerOutput as LayerOutput
    from cnnviz.attribution.layers import list_layers as list_layers
    from cnnviz.attribution.layers import suggest_layer as suggest_layer
    from cnnviz.attribution.result import Attribution as Attribution
    from cnnviz.attribution.result import AttributionNote as AttributionNote
    from cnnviz.attribution.result import Completeness as Completeness
    from cnnviz.attribution.score import Stopped as Stopped
    from cnnviz.attribution.table import METHODS as METHODS
    from cnnviz.attribution.table import find_method as find_method
    from cnnviz.attribution.target import Target as Target
    from cnnviz.attribution.target import compute_logits as compute_logits

_HOMES = {
    "BASELINES": "baselines",
    "LayerOutput": "layers",
    "list_layers": "layers",
    "suggest_layer": "layers",
    "Method": "base",
    "Stopped": "score",
    "Attribution": "result",
    "Completeness": "result",
    "AttributionNote": "result",
    "METHODS": "table",
    "find_method": "table",
    "Target": "target",
    "compute_logits": "target",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
