"""Explanations: the terms and the formula behind one value of one row."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.trace.explain.contributions import channel_contributions
    from cnnviz.trace.explain.crops import top_crops
    from cnnviz.trace.explain.explanation import Explanation
    from cnnviz.trace.explain.layer_call import LayerCall
    from cnnviz.trace.explain.scores import explain_cross_entropy, explain_softmax, softmax_steps
    from cnnviz.trace.explain.unit_choice import default_unit
    from cnnviz.trace.explain.unit_explanation import explain, explain_call

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
    "LayerCall": "layer_call",
    "Explanation": "explanation",
    "explain": "unit_explanation",
    "explain_call": "unit_explanation",
    "explain_cross_entropy": "scores",
    "explain_softmax": "scores",
    "default_unit": "unit_choice",
    "channel_contributions": "contributions",
    "softmax_steps": "scores",
    "top_crops": "crops",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)
