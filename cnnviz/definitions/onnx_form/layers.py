"""ONNX operators with tensors of their own: convolutions, dense layers, normalizations."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.definitions.onnx_form.onnx_graph import Array, OnnxCall
from cnnviz.errors import UserError


def pads_of(call: OnnxCall, kernel: tuple[int, int] | None = None) -> tuple[int, int, int, int]:
    """Return the padding (top, left, bottom, right) of a window; that of `auto_pad` follows from its input's size.

    Raises:
        UserError: `onnx_node` for what is no padding of height and width, or `auto_pad` without a `kernel`.
    """
    automatic = call.attributes.get("auto_pad", b"NOTSET")
    if automatic in (b"SAME_UPPER", b"SAME_LOWER") and kernel is not None:
        return _same_pads(call, kernel, upper=automatic == b"SAME_UPPER")
    if automatic not in (b"NOTSET", b"VALID"):
        raise call.refuse("auto_pad")
    pads = call.wholes("pads") or [0, 0, 0, 0]
    if len(pads) != 4:
        raise call.refuse("pads")
    return pads[0], pads[1], pads[2], pads[3]


def _same_pads(call: OnnxCall, kernel: tuple[int, int], *, upper: bool) -> tuple[int, int, int, int]:
    """Return the padding with which the output is as large as the input, divided by the stride and rounded up."""
    shape = call.graph.shape_of(call.source())
    stride, dilation = axes_of(call, "strides"), axes_of(call, "dilations")
    if len(shape) != 3 or min(*stride, *dilation, *kernel) < 1:
        raise call.refuse("auto_pad")
    before, after = [], []
    for n, k, s, d in zip(shape[1:], kernel, stride, dilation, strict=True):
        total = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
        small, large = total // 2, total - total // 2
        before.append(small if upper else large)
        after.append(large if upper else small)
    return before[0], before[1], after[0], after[1]


def uneven(call: OnnxCall) -> UserError:
    """Return why a pooling whose two sides need other paddings is not read."""
    size = "×".join(map(str, call.graph.shape_of(call.source())))
    return UserError("onnx_uneven", operation=call.kind, size=size)


def axes_of(call: OnnxCall, attribute: str, usual: int = 1) -> tuple[int, int]:
    """Return one number for the height and one for the width."""
    found = call.wholes(attribute) or [usual, usual]
    if len(found) != 2:
        raise call.refuse(attribute)
    return found[0], found[1]


def convolution(call: OnnxCall) -> int:
    """Add `Conv`; a padding that differs between two sides becomes a node of its own."""
    weight, bias, source = call.needed(1, (4,)), call.constant(2), call.source()
    top, left, bottom, right = pads_of(call, (int(weight.shape[2]), int(weight.shape[3])))
    padding = (top, left)
    if (top, left) != (bottom, right):
        source = call.graph.add("pad", (source,), pad=(left, right, top, bottom))
        padding = (0, 0)
    groups = call.whole("group", 1)
    tensors = {"weight": weight} | ({} if bias is None else {"bias": bias})
    return call.graph.layer(
        "Conv2d",
        source,
        "conv",
        tensors,
        in_channels=int(weight.shape[1]) * groups,
        out_channels=int(weight.shape[0]),
        kernel_size=(int(weight.shape[2]), int(weight.shape[3])),
        stride=axes_of(call, "strides"),
        padding=padding,
        dilation=axes_of(call, "dilations"),
        groups=groups,
        bias=bias is not None,
    )


def transposed_convolution(call: OnnxCall) -> int:
    """Add `ConvTranspose`."""
    weight, bias = call.needed(1, (4,)), call.constant(2)
    top, left, bottom, right = pads_of(call)
    if (top, left) != (bottom, right) or "output_shape" in call.attributes:
        raise call.refuse("pads")
    groups = call.whole("group", 1)
    return call.graph.layer(
        "ConvTranspose2d",
        call.source(),
        "conv",
        {"weight": weight} | ({} if bias is None else {"bias": bias}),
        in_channels=int(weight.shape[0]),
        out_channels=int(weight.shape[1]) * groups,
        kernel_size=(int(weight.shape[2]), int(weight.shape[3])),
        stride=axes_of(call, "strides"),
        padding=(top, left),
        output_padding=axes_of(call, "output_padding", 0),
        groups=groups,
        bias=bias is not None,
        dilation=axes_of(call, "dilations"),
    )


def dense(call: OnnxCall) -> int:
    """Add `Gemm` with constant weights."""
    if call.whole("transA", 0):
        raise call.refuse("transA")
    weight, bias = call.needed(1, (2,)), call.constant(2)
    weight = weight if call.whole("transB", 0) else weight.T
    return _linear(call, weight * call.real("alpha", 1.0), None if bias is None else bias * call.real("beta", 1.0))


def product(call: OnnxCall) -> int:
    """Add `MatMul`: a dense layer where the second factor is constant."""
    if call.inputs[1] in call.graph.values:
        return call.graph.add("matmul", (call.source(), call.source(1)))
    return _linear(call, call.needed(1, (2,)).T, None)


def _linear(call: OnnxCall, weight: Array, bias: Array | None) -> int:
    tensors = {"weight": np.ascontiguousarray(weight, dtype=np.float32)}
    if bias is not None:
        if bias.size not in (1, weight.shape[0]):
            raise call.refuse("C")
        tensors["bias"] = np.broadcast_to(bias.ravel(), (weight.shape[0],)).astype(np.float32)
    return call.graph.layer(
        "Linear",
        call.source(),
        "fc",
        tensors,
        in_features=int(weight.shape[1]),
        out_features=int(weight.shape[0]),
        bias=bias is not None,
    )


def with_bias(call: OnnxCall, source: int, vector: Array) -> int | None:
    """Give a constant that is added to the layer before it, if that has no bias and nobody else reads it."""
    graph, node = call.graph, call.graph.nodes[source] if source >= 0 else None
    name = next(name for name in call.inputs if name in graph.values)
    if node is None or node.operation not in ("Linear", "Conv2d") or graph.readers[name] != 1:
        return None
    settings: dict[str, Any] = dict(node.settings)
    size = settings["out_features" if node.operation == "Linear" else "out_channels"]
    tail = (size,) if node.operation == "Linear" else (size, 1, 1)
    if settings["bias"] or vector.size != size or vector.shape[-len(tail) :] != tail:
        return None
    graph.nodes[source] = type(node)(node.operation, node.inputs, tuple((settings | {"bias": True}).items()), node.key)
    graph.state[f"{node.key}.bias"] = vector.ravel()
    return source


def batch_normalization(call: OnnxCall) -> int:
    """Add `BatchNormalization` as it is in prediction mode."""
    scale, shift, mean, variance = (call.needed(place, (1,)) for place in range(1, 5))
    tensors = {"weight": scale, "bias": shift, "running_mean": mean, "running_var": variance}
    return call.graph.layer(
        "BatchNorm2d",
        call.source(),
        "bn",
        tensors | {"num_batches_tracked": np.array(0, dtype=np.int64)},
        num_features=int(scale.size),
        eps=call.real("epsilon", 1e-5),
    )


def instance_normalization(call: OnnxCall) -> int:
    """Add `InstanceNormalization`."""
    scale, shift = call.needed(1, (1,)), call.needed(2, (1,))
    return call.graph.layer(
        "InstanceNorm2d",
        call.source(),
        "norm",
        {"weight": scale, "bias": shift},
        num_features=int(scale.size),
        eps=call.real("epsilon", 1e-5),
        affine=True,
    )


def prelu(call: OnnxCall) -> int:
    """Add `PRelu`."""
    slope = call.needed(1).ravel()
    return call.graph.layer("PReLU", call.source(), "prelu", {"weight": slope}, num_parameters=int(slope.size))
