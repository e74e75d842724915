"""Empty outputs on the meta device by formula, where torch would load half of its compiler to find them.

Its first convolution there imports sympy, its first join `torch._dynamo`: together two seconds and 150 MB in every
process that only wants a shape. What has no rule here, or breaks one, is left to torch and its words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from cnnviz.accelerate.fast_paths import is_enabled
from cnnviz.errors import UserError
from cnnviz.ops.window import WindowAxis, pair, window_axes

Sizes = tuple[int, ...]

ELEMENTWISE = (
    nn.ReLU,
    nn.ReLU6,
    nn.LeakyReLU,
    nn.PReLU,
    nn.RReLU,
    nn.ELU,
    nn.CELU,
    nn.SELU,
    nn.GELU,
    nn.SiLU,
    nn.Mish,
    nn.Sigmoid,
    nn.LogSigmoid,
    nn.Hardsigmoid,
    nn.Hardswish,
    nn.Hardtanh,
    nn.Hardshrink,
    nn.Softshrink,
    nn.Tanhshrink,
    nn.Softplus,
    nn.Softsign,
    nn.Tanh,
    nn.Threshold,
)
"""Layers that make each number from the one in its place."""
KEEPS_SHAPE = (*ELEMENTWISE, nn.BatchNorm1d, nn.BatchNorm2d, nn.LocalResponseNorm, nn.Dropout, nn.Dropout2d)
"""Layers whose output is as large as their input."""


def empty_output(module: nn.Module, x: Tensor) -> Tensor | None:
    """Return the empty output of a torch layer for `x` on the meta device; None where torch must compute it."""
    rule = _RULES.get(type(module))
    if rule is None or not _is_plain(x) or not x.is_floating_point() or not is_enabled("output_shapes"):
        return None
    if getattr(module, "inplace", False):
        return x
    weight = getattr(module, "weight", None)
    try:
        shape = rule(module, tuple(x.shape))
    except UserError:
        return None
    return None if shape is None or (weight is not None and weight.dtype != x.dtype) else x.new_empty(shape)


def empty_result(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tensor | None:
    """Return the empty result of `torch.cat`, a sum or a product on the meta device; None if torch must compute it."""
    name = getattr(function, "__name__", "")
    if name not in _RESULTS or not is_enabled("output_shapes"):
        return None
    if name == "cat":
        return _joined(*args, **kwargs) if args and not kwargs.keys() - {"dim"} else None
    return _paired(*args) if len(args) == 2 and not kwargs else None


_RESULTS = frozenset({"cat", "add", "sub", "mul", "div", "__add__", "__sub__", "__mul__", "__truediv__"})


def _joined(tensors: Iterable[Any], dim: int = 0) -> Tensor | None:
    parts = list(tensors)
    if not parts or not all(map(_is_plain, parts)) or len({(part.dtype, part.dim()) for part in parts}) > 1:
        return None
    shapes = [list(part.shape) for part in parts]
    if not isinstance(dim, int) or not -len(shapes[0]) <= dim < len(shapes[0]):
        return None
    total = sum(shape[dim] for shape in shapes)
    for shape in shapes:
        shape[dim] = total
    return parts[0].new_empty(shapes[0]) if all(shape == shapes[0] for shape in shapes) else None


def _paired(left: Any, right: Any) -> Tensor | None:
    if not (_is_plain(left) and _is_plain(right)) or left.dtype != right.dtype or left.dim() != right.dim():
        return None
    sizes = list(zip(left.shape, right.shape, strict=True))
    fits = left.is_floating_point() and all(one == other or 1 in (one, other) for one, other in sizes)
    return left.new_empty([other if one == 1 else one for one, other in sizes]) if fits else None


def _is_plain(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_meta and value.is_contiguous()


def _convolution(m: nn.Conv2d, shape: Sizes) -> Sizes | None:
    if len(shape) != 4 or shape[1] != m.in_channels or m.padding_mode != "zeros":
        return None
    return _slid(window_axes(m.kernel_size, m.stride, m.padding, m.dilation), (shape[0], m.out_channels), shape)


def _average_pool(m: nn.AvgPool2d, shape: Sizes) -> Sizes | None:
    return _pooled(m, shape, 1)


def _max_pool(m: nn.MaxPool2d, shape: Sizes) -> Sizes | None:
    return None if m.return_indices else _pooled(m, shape, m.dilation)


def _pooled(m: Any, shape: Sizes, dilation: Any) -> Sizes | None:
    overlaps = zip(pair(m.padding), pair(m.kernel_size), strict=True)
    if len(shape) != 4 or any(2 * padding > kernel for padding, kernel in overlaps):
        return None
    return _slid(window_axes(m.kernel_size, m.stride, m.padding, dilation), shape[:2], shape, m.ceil_mode)


def _adaptive(m: Any, shape: Sizes) -> Sizes | None:
    asked = m.output_size if isinstance(m.output_size, tuple) else (m.output_size,) * 2
    if len(shape) != 4 or getattr(m, "return_indices", False):
        return None
    return *shape[:2], *(size if wanted is None else wanted for wanted, size in zip(asked, shape[2:], strict=True))


def _linear(m: nn.Linear, shape: Sizes) -> Sizes | None:
    return (*shape[:-1], m.out_features) if len(shape) > 1 and shape[-1] == m.in_features else None


def _batch_norm(m: nn.BatchNorm1d | nn.BatchNorm2d, shape: Sizes) -> Sizes | None:
    dims = 4 if isinstance(m, nn.BatchNorm2d) else 2
    return shape if len(shape) == dims and shape[1] == m.num_features else None


def _same(_m: nn.Module, shape: Sizes) -> Sizes:
    return shape


def _response_norm(m: nn.LocalResponseNorm, shape: Sizes) -> Sizes | None:
    return shape if len(shape) == 4 else None


def _slid(windows: tuple[WindowAxis, WindowAxis], kept: Sizes, shape: Sizes, ceil_mode: bool = False) -> Sizes:
    return *kept, *(axis.units(size, ceil_mode) for axis, size in zip(windows, shape[2:], strict=True))


_RULES: dict[type[nn.Module], Callable[[Any, Sizes], Sizes | None]] = {
    nn.Conv2d: _convolution,
    nn.AvgPool2d: _average_pool,
    nn.MaxPool2d: _max_pool,
    nn.AdaptiveAvgPool2d: _adaptive,
    nn.AdaptiveMaxPool2d: _adaptive,
    nn.Linear: _linear,
    nn.LocalResponseNorm: _response_norm,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    **dict.fromkeys(ELEMENTWISE, _same),
}
