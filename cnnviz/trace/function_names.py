"""The names of torch's functions, methods and operators, by what they do to a tensor."""

from collections.abc import Mapping
from typing import Any

# fmt: off
POINTWISE = frozenset((
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "bitwise_and", "bitwise_not",
    "bitwise_or", "bitwise_xor", "ceil", "celu", "clamp", "clamp_max", "clamp_min", "clip", "copysign", "cos",
    "cosh", "elu", "eq", "erf", "erfc", "exp", "exp2", "expm1", "floor", "floor_divide", "fmod", "frac", "ge",
    "gelu", "gt", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "heaviside", "invert", "isfinite",
    "isinf", "isnan", "le", "leaky_relu", "lerp", "log", "log10", "log1p", "log2", "logaddexp", "logical_and",
    "logical_not", "logical_or", "logical_xor", "logit", "logsigmoid", "lt", "masked_fill", "maximum",
    "minimum", "mish", "mul", "multiply", "nan_to_num", "ne", "neg", "negative", "pos", "positive", "pow",
    "prelu", "reciprocal", "relu", "relu6", "remainder", "round", "rrelu", "rsqrt", "rsub", "selu", "sigmoid",
    "sign", "silu", "sin", "sinh", "softplus", "softshrink", "softsign", "sqrt", "square", "sub", "subtract",
    "tan", "tanh", "tanhshrink", "threshold", "trunc", "where", "xlogy", "add", "addcdiv", "addcmul", "div",
    "divide", "true_divide", "truediv", "radd", "rmul", "rdiv", "rtruediv", "rpow", "and", "or", "xor",
    "expand", "expand_as", "broadcast_to",
))
SAME = frozenset((
    "alias", "clone", "contiguous", "cpu", "detach", "double", "float", "half", "bfloat16", "requires_grad",
    "to", "type", "type_as", "dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout",
    "feature_alpha_dropout", "feature_dropout", "data", "positive", "view_as_real_copy",
))
VIEWS = frozenset((
    "flatten", "view", "reshape", "unflatten", "view_as", "reshape_as", "ravel",
))
REDUCTIONS = frozenset((
    "mean", "sum", "amax", "amin", "prod", "std", "var", "logsumexp", "norm", "argmax", "argmin", "any",
    "all", "max", "min", "median", "nansum", "nanmean",
))
CONSTANTS = frozenset((
    "zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "randint_like",
    "new_zeros", "new_ones", "new_empty", "new_full", "new_tensor",
))
"""Functions that read no more of a tensor than its shape."""
RANDOM = frozenset(("rand", "randint", "randn", "randperm"))
"""Functions that make a tensor of random numbers: of every pass its own."""
DRAWING = frozenset((
    "normal_", "uniform_", "bernoulli_", "random_", "exponential_", "cauchy_", "log_normal_", "geometric_", "normal",
    "bernoulli", "multinomial", "poisson", "rand_like", "randn_like", "randint_like", "dropout", "trunc_normal_",
    "kaiming_normal_", "kaiming_uniform_", "xavier_normal_", "xavier_uniform_", "orthogonal_", "sparse_",
))
"""Functions that draw random numbers for a tensor that is there."""
IN_PLACE = frozenset((
    "__iadd__", "__isub__", "__imul__", "__itruediv__", "__idiv__", "__ipow__", "__iand__", "__ior__",
    "__ixor__", "__imod__", "__ifloordiv__", "__setitem__",
))
# fmt: on
_SPOKEN = {
    "__setitem__": "setitem",
    "__getitem__": "getitem",
    "__truediv__": "div",
    "__itruediv__": "div",
    "__rtruediv__": "div",
    "__rdiv__": "div",
    "__radd__": "add",
    "__rmul__": "mul",
    "__rsub__": "sub",
    "__rpow__": "pow",
    "__idiv__": "div",
    "__ifloordiv__": "floor_divide",
    "__rfloordiv__": "floor_divide",
    "__rmatmul__": "matmul",
    "rsub": "sub",
    "true_divide": "div",
    "divide": "div",
    "multiply": "mul",
    "subtract": "sub",
    "concat": "cat",
    "concatenate": "cat",
    "__imod__": "remainder",
}


def spoken(func: Any) -> str:
    """The name of a function as a reader would call it: `Tensor.__iadd__` and `add_` are "add"."""
    name: str = getattr(func, "__name__", type(func).__name__).partition(".")[
        0
    ]  # "relu.default" of an exported network
    if name == "__get__":
        name = getattr(func.__self__, "__name__", name)
    if name in _SPOKEN:
        return _SPOKEN[name]
    if name in IN_PLACE:
        return name.strip("_")[1:]
    name = name.strip("_") or name
    return _SPOKEN.get(name, name)


def works_in_place(func: Any, kwargs: Mapping[str, Any]) -> bool:
    """Whether a function writes into its first tensor."""
    name: str = getattr(func, "__name__", "").partition(".")[0]
    return name in IN_PLACE or (name.endswith("_") and not name.endswith("__")) or kwargs.get("inplace") is True
