"""The microscope: how one value of one row came to be."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.trace.explain.call import Call
    from cnnviz.trace.explain.explanation import Explanation
    from cnnviz.trace.explain.first import first_unit
    from cnnviz.trace.explain.from_walk import explain
    from cnnviz.trace.explain.gallery import top_crops
    from cnnviz.trace.explain.intermediate import intermediate_maps
    from cnnviz.trace.explain.scores import explain_cross_entropy, explain_softmax, softmax_steps
    from cnnviz.trace.explain.table import explain_call

__all__ = [
    "Call",
    "Explanation",
    "explain",
    "explain_call",
    "explain_cross_entropy",
    "explain_softmax",
    "first_unit",
    "intermediate_maps",
    "softmax_steps",
    "top_crops",
]

_HOMES = {
    "Call": "call",
    "Explanation": "explanation",
    "explain": "from_walk",
    "explain_call": "table",
    "explain_cross_entropy": "scores",
    "explain_softmax": "scores",
    "first_unit": "first",
    "intermediate_maps": "intermediate",
    "softmax_steps": "scores",
    "top_crops": "gallery",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)
