"""The microscope: how one value of one row came to be."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.trace.explain.call import Call
    from cnnviz.trace.explain.explanation import Explanation
    from cnnviz.trace.explain.intermediate import intermediate_maps
    from cnnviz.trace.explain.scores import explain_cross_entropy, explain_softmax
    from cnnviz.trace.explain.table import explain_call

__all__ = ["Call", "Explanation", "explain_call", "explain_cross_entropy", "explain_softmax",
           "intermediate_maps"]

_HOMES = {"Call": "call", "Explanation": "explanation", "explain_call": "table", "explain_softmax": "scores",
          "explain_cross_entropy": "scores", "intermediate_maps": "intermediate"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)
