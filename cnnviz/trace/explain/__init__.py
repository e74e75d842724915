"""The microscope: how one value of one row came to be."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.trace.explain.call import LayerCall
    from cnnviz.trace.explain.crops import top_crops
    from cnnviz.trace.explain.explanation import Explanation
    from cnnviz.trace.explain.first import default_unit
    from cnnviz.trace.explain.intermediate import channel_contributions
    from cnnviz.trace.explain.scores import explain_cross_entropy, explain_softmax, softmax_steps
    from cnnviz.trace.explain.table import explain_call
    from cnnviz.trace.explain.unit_explanation import explain

__all__ = [
    "Explanation",
    "LayerCall",
    "channel_contributions",
    "default_unit",
    "explain",
    "explain_call",
    "explain_cross_entropy",
    "explain_softmax",
    "softmax_steps",
    "top_crops",
]

_HOMES = {
    "LayerCall": "call",
    "Explanation": "explanation",
    "explain": "unit_explanation",
    "explain_call": "table",
    "explain_cross_entropy": "scores",
    "explain_softmax": "scores",
    "default_unit": "first",
    "channel_contributions": "intermediate",
    "softmax_steps": "scores",
    "top_crops": "crops",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)
