"""The names of torch's functions, methods and operators, by what they do to a tensor."""

from collections.abc import Mapping
from typing import Any

# fmt: off
ACTIVATIONS = frozenset((
    "celu", "elu", "gelu", "hardshrink", "hardtanh", "leaky_relu", "logsigmoid", "mish", "prelu", "rrelu",
    "selu", "silu", "softplus", "softshrink", "softsign", "tanhshrink", "threshold",
))
"""Activations without a formula of their own in `cnnviz.ops.activation`."""
ELEMENTWISE = frozenset((
    "abs", "acos", "acosh", "addcdiv", "addcmul", "and", "asin", "asinh", "atan", "atan2", "atanh",
    "bitwise_and", "bitwise_not", "bitwise_or", "bitwise_xor", "broadcast_to", "ceil", "clamp", "clamp_max",
    "clamp_min", "clip", "copysign", "cos", "cosh", "div", "divide", "eq", "erf", "erfc", "exp", "exp2",
    "expand", "expand_as", "expm1", "floor", "floor_divide", "fmod", "frac", "ge", "gt", "heaviside", "invert",
    "isfinite", "isinf", "isnan", "le", "lerp", "log", "log10", "log1p", "log2", "logaddexp", "logical_and",
    "logical_not", "logical_or", "logical_xor", "logit", "lt", "masked_fill", "maximum", "minimum", "multiply",
    "nan_to_num", "ne", "neg", "negative", "or", "pos", "pow", "radd", "rdiv", "reciprocal", "remainder",
    "rmul", "round", "rpow", "rsqrt", "rsub", "rtruediv", "sign", "sin", "sinh", "sqrt", "square", "subtract",
    "tan", "true_divide", "truediv", "trunc", "where", "xlogy", "xor",
))
"""Other functions that make each number from those in its place alone."""
IDENTITIES = frozenset((
    "alias", "bfloat16", "clone", "contiguous", "cpu", "data", "detach", "double", "float", "half", "positive",
    "requires_grad", "to", "type", "type_as", "view_as_real_copy",
))
"""Functions that hand on the numbers they get."""
VIEWS = frozenset((
    "ravel", "reshape", "reshape_as", "unflatten", "view", "view_as",
))
REDUCTIONS = frozenset((
    "all", "amax", "amin", "any", "argmax", "argmin", "logsumexp", "max", "median", "min", "nanmean", "nansum",
    "prod", "std", "sum", "var",
))
SHAPE_ONLY = frozenset((
    "zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "randint_like",
    "new_zeros", "new_ones", "new_empty", "new_full", "new_tensor",
))
"""Functions that read no more of a tensor than its shape."""
RANDOM_FACTORIES = frozenset(("rand", "randint", "randn", "randperm"))
"""Functions that make a tensor of random numbers: of every pass its own."""
RANDOM_FILLS = frozenset((
    "normal_", "uniform_", "bernoulli_", "random_", "exponential_", "cauchy_", "log_normal_", "geometric_", "normal",
    "bernoulli", "multinomial", "poisson", "rand_like", "randn_like", "randint_like", "dropout", "trunc_normal_",
    "kaiming_normal_", "kaiming_uniform_", "xavier_normal_", "xavier_uniform_", "orthogonal_", "sparse_",
))
"""Functions that draw random numbers for a tensor that is there."""
IN_PLACE_OPERATORS = frozenset((
    "__iadd__", "__isub__", "__imul__", "__itruediv__", "__idiv__", "__ipow__", "__iand__", "__ior__",
    "__ixor__", "__imod__", "__ifloordiv__", "__setitem__",
))
# fmt: on
_SYNONYMS = {
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


def plain_name(func: Any) -> str:
    """Return the name of a function without what Python adds to it: `Tensor.__iadd__` and `add_` are "add"."""
    name: str = getattr(func, "__name__", type(func).__name__).partition(".")[
        0
    ]  # "relu.default" of an exported network
    if name == "__get__":
        name = getattr(func.__self__, "__name__", name)
    if name in _SYNONYMS:
        return _SYNONYMS[name]
    if name in IN_PLACE_OPERATORS:
        return name.strip("_")[1:]
    name = name.strip("_") or name
    return _SYNONYMS.get(name, name)


def works_in_place(func: Any, kwargs: Mapping[str, Any]) -> bool:
    """Return whether a function writes into its first tensor."""
    name: str = getattr(func, "__name__", "").partition(".")[0]
    return (
        name in IN_PLACE_OPERATORS or (name.endswith("_") and not name.endswith("__")) or kwargs.get("inplace") is True
    )
