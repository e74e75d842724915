"""Multiply-adds of what has no formula in the table, by torch's own counter of floating-point operations."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from math import prod
from typing import Any

from torch import Tensor, nn

from cnnviz.trace.graph_node import FinishedCall

# fmt: off
_WITHOUT_MULTIPLY_ADDS = frozenset((
    "as_strided", "as_subclass", "bernoulli", "bucketize", "col2im", "complex", "conj", "copy", "count_nonzero",
    "cummax", "cummin", "cumprod", "cumsum", "diag", "diag_embed", "diagonal", "diff", "digamma", "embedding",
    "erfinv", "exponential", "fill", "fill_diagonal", "fliplr", "flipud", "fold", "fractional_max_pool2d", "gather",
    "glu", "grid_sample", "gumbel_softmax", "hsplit", "hstack", "histc", "imag", "index", "index_add", "index_copy",
    "index_fill", "index_put", "index_select", "isclose", "kthvalue", "lgamma", "log_softmax", "lp_pool2d",
    "lp_pool1d", "masked_scatter", "max_unpool1d", "max_unpool2d", "meshgrid", "mode", "msort", "mvlgamma",
    "native_dropout", "nll_loss", "normal", "one_hot", "polar", "put", "quantile", "randn_like", "rand_like", "real",
    "renorm", "repeat", "repeat_interleave", "resolve_conj", "resolve_neg", "rot90", "scatter", "scatter_add",
    "scatter_reduce", "set", "setitem", "slice_scatter", "sort", "std_mean", "sum_to_size", "swish", "take",
    "take_along_dim", "tile", "topk", "tril", "triu", "unfold", "uniform", "unsafe_chunk", "unsafe_split",
    "var_mean", "view_as_complex", "view_as_real", "vsplit", "vstack", "dstack", "column_stack", "row_stack", "zero",
    "aminmax", "batch_norm", "select_scatter", "getitem", "roll", "dsplit", "block_diag", "expand_copy", "H",
    "adjoint", "mH", "atleast_1d", "atleast_2d", "atleast_3d", "i0", "sinc", "sgn", "signbit", "nextafter", "hypot",
    "rad2deg", "deg2rad", "float_power", "fmax", "fmin", "clamp_", "special_expit", "angle", "logcumsumexp", "outer",
    "ger", "cartesian_prod", "combinations", "broadcast_tensors", "detach", "is_floating_point", "ldexp", "frexp",
    "native_channel_shuffle", "max_pool2d_with_indices", "requires_grad", "as_tensor", "retain_grad", "tensor_split",
    "moveaxis", "multi_margin_loss", "feature_alpha_dropout", "rms_norm", "checkpoint", "isin", "index_reduce",
))
"""Functions beside those of the table of operations that move, choose, add up or count, and sum no products."""
# fmt: on
_LAYERS_WITHOUT_MULTIPLY_ADDS = (
    nn.Embedding,
    nn.EmbeddingBag,
    nn.Fold,
    nn.Unfold,
    nn.GLU,
    nn.modules.pooling._MaxUnpoolNd,
    nn.FractionalMaxPool2d,
    nn.FractionalMaxPool3d,
    nn.Transformer,
)


def may_multiply_add(name: str) -> bool:
    """Return whether a function of torch may sum products that its own counter did not see."""
    return name not in _WITHOUT_MULTIPLY_ADDS


def layer_may_multiply_add(module: nn.Module) -> bool:
    """Return whether a layer may sum products that torch's counter did not see."""
    return not isinstance(module, _LAYERS_WITHOUT_MULTIPLY_ADDS)


CONTRACTED_DIMENSIONS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot", "vdot", "inner"), (0, -1)),
    **dict.fromkeys(("addmm", "baddbmm", "addmv"), (1, -1)),
}
"""Products of matrices: which argument has the dimension that is summed over."""


def macs_by_shape(name: str, args: Sequence[Any], result: Any) -> int | None:
    """Return the multiply-adds of a product by the shapes alone; None where the counter must look."""
    if name == "deform_conv2d" and len(args) > 1:
        return prod(result.shape) * prod(args[1].shape[1:])
    position, dim = CONTRACTED_DIMENSIONS.get(name, (len(args), 0))
    if position >= len(args) or not isinstance(args[position], Tensor) or not isinstance(result, Tensor):
        return None
    return prod(result.shape) * int(args[position].shape[dim])


class MacCounter:
    """A counter that runs calls and keeps the multiply-adds of the last one."""

    def __init__(self) -> None:
        self._rules: dict[Any, Callable[..., int]] | None = None
        self.macs = 0

    def running(self) -> AbstractContextManager[object]:
        """Return a context in which `macs` becomes what is multiplied and added."""
        self.macs = 0
        if self._rules is None:
            self._rules = _flop_formulas()
        return _counting_mode(self, self._rules)

    def count(self, made: FinishedCall) -> None:
        """Set the multiply-adds of a function that has no formula among the operations."""
        made.macs = macs_by_shape(made.kind, made.args, made.result)
        if made.macs is None and not made.in_place and may_multiply_add(made.kind):
            try:
                with self.running():
                    made.target(*made.args, **made.kwargs)  # type: ignore[operator]
            except Exception:  # it computes on the meta device, but not by operations that can be counted
                self.macs = 0
            made.macs = self.macs
        made.macs = made.macs or 0
        made.uncounted = not made.macs and may_multiply_add(made.kind)


def _flop_formulas() -> dict[Any, Callable[..., int]]:
    """Return multiply-adds by operation of torch: from its counter, and for those that it leaves out."""
    import torch
    from torch.utils.flop_counter import flop_registry

    def halved(rule: Callable[..., int]) -> Callable[..., int]:
        return lambda *args, **kwargs: rule(*args, **kwargs) // 2

    aten = torch.ops.aten
    return {
        **{operation: halved(rule) for operation, rule in flop_registry.items()},
        aten.dot: lambda a, *_, **__: a.numel(),
        aten.vdot: lambda a, *_, **__: a.numel(),
        aten.mv: lambda a, *_, **__: a.numel(),
        aten.addmv: lambda _bias, a, *_, **__: a.numel(),
        aten.addbmm: lambda _bias, a, b, *_, **__: a.numel() * b.shape[2],
        aten._trilinear: lambda a, weight, *_, **__: weight.numel() * a.shape[0],
    }


def _counting_mode(counted: MacCounter, rules: dict[Any, Callable[..., int]]) -> AbstractContextManager[object]:
    from torch.utils._python_dispatch import TorchDispatchMode

    class Mode(TorchDispatchMode):
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            rule = rules.get(func._overloadpacket)
            if rule is None:
                with self:
                    made = func.decompose(*args, **kwargs)
                if made is not NotImplemented:
                    return made
            result = func(*args, **kwargs)
            if rule is not None:
                counted.macs += rule(*args, **kwargs, out_val=result)
            return result

    return Mode()
