"""Which explainer takes which kind of row."""

from collections.abc import Callable
from types import MappingProxyType

from cnnviz.errors import UserError
from cnnviz.trace.explain.call import SHOWN, LayerCall, check_index
from cnnviz.trace.explain.convolution import explain_convolution
from cnnviz.trace.explain.dense import explain_flatten, explain_linear
from cnnviz.trace.explain.explanation import Explanation, Index
from cnnviz.trace.explain.joins import explain_add, explain_concatenation, explain_multiply, explain_subtract
from cnnviz.trace.explain.normalization import explain_batch_norm, explain_response_norm
from cnnviz.trace.explain.pointwise import ACTIVATION_KINDS, explain_activation, explain_copy, explain_dropout
from cnnviz.trace.explain.pooling import (
    explain_adaptive_average_pool,
    explain_adaptive_max_pool,
    explain_average_pool,
    explain_max_pool,
    explain_mean,
)
from cnnviz.trace.explain.scores import explain_softmax_row

Explainer = Callable[[LayerCall, Index, int], Explanation]

EXPLAINERS: MappingProxyType[str, Explainer] = MappingProxyType(
    {
        **dict.fromkeys(("Conv2d", "conv2d"), explain_convolution),
        **dict.fromkeys(("MaxPool2d", "max_pool2d"), explain_max_pool),
        **dict.fromkeys(("AvgPool2d", "avg_pool2d"), explain_average_pool),
        **dict.fromkeys(("AdaptiveAvgPool2d", "adaptive_avg_pool2d"), explain_adaptive_average_pool),
        **dict.fromkeys(("AdaptiveMaxPool2d", "adaptive_max_pool2d"), explain_adaptive_max_pool),
        "mean": explain_mean,
        "add": explain_add,
        "sub": explain_subtract,
        "mul": explain_multiply,
        "cat": explain_concatenation,
        **dict.fromkeys(("BatchNorm2d", "BatchNorm1d"), explain_batch_norm),
        **dict.fromkeys(("LocalResponseNorm", "local_response_norm"), explain_response_norm),
        **dict.fromkeys(ACTIVATION_KINDS, explain_activation),
        **dict.fromkeys(("Dropout", "Dropout2d", "dropout"), explain_dropout),
        **dict.fromkeys(("Identity", "contiguous", "clone", "detach"), explain_copy),
        **dict.fromkeys(
            ("Flatten", "flatten", "ravel", "Unflatten", "unflatten", "view", "reshape", "squeeze", "unsqueeze"),
            explain_flatten,
        ),
        **dict.fromkeys(("Linear", "linear"), explain_linear),
        **dict.fromkeys(("Softmax", "softmax"), explain_softmax_row),
    }
)

_NORMALIZES = ("running_mean", "running_var", "eps")


def explain_call(call: LayerCall, index: Index, limit: int = SHOWN) -> Explanation:
    """How the value at `index` came to be, in `limit` terms and a rest where there are many.

    Raises:
        UserError: `explain_unknown` for a kind without explainer, `explain_index` for a place that is none.
    """
    explainer = EXPLAINERS.get(call.kind)
    if explainer is None and all(hasattr(call.module, name) for name in _NORMALIZES):
        explainer = explain_batch_norm
    if explainer is None:
        raise UserError("explain_unknown", layer=call.name, kind=call.kind)
    return explainer(call, check_index(call, index), limit)
