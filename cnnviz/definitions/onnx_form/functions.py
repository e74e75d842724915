"""ONNX operators without tensors of their own, each as a function of the table of operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnnviz.definitions.onnx_form.layers import axes_of, pads_of, uneven, with_bias
from cnnviz.definitions.onnx_form.onnx_graph import BATCH, OnnxCall

Read = Callable[[OnnxCall], int]


def one(name: str) -> Read:
    """Return the reader of an operator of one tensor without settings."""
    return lambda call: call.graph.add(name, (call.source(),))


def with_numbers(name: str, **attributes: tuple[str, float]) -> Read:
    """Return the reader of an operator of one tensor whose settings are numbers: ONNX's name and default of each."""

    def read(call: OnnxCall) -> int:
        settings: dict[str, Any] = {setting: call.real(*given) for setting, given in attributes.items()}
        return call.graph.add(name, (call.source(),), **settings)

    return read


def paired(name: str) -> Read:
    """Return the reader of an operator of two tensors, or of one and a number."""

    def read(call: OnnxCall) -> int:
        graph = call.graph
        first, second = (call.inputs[place] in graph.values for place in (0, 1))
        if first and second:
            return graph.add(name, (call.source(), call.source(1)))
        constant = call.needed(1 if first else 0)
        source = call.source(0 if first else 1)
        if constant.size == 1:
            return graph.add(name, (source,), other=float(constant.ravel()[0]), swapped=not first)
        merged = with_bias(call, source, constant) if name == "add" else None
        if merged is None:
            raise call.refuse("a constant of several numbers")
        return merged

    return read


def folded(name: str) -> Read:
    """Return the reader of an operator of any number of tensors, done in pairs."""

    def read(call: OnnxCall) -> int:
        found = call.source()
        for place in range(1, len(call.inputs)):
            found = call.graph.add(name, (found, call.source(place)))
        return found

    return read


def clipped(call: OnnxCall) -> int:
    """Add `Clip`, with limits as attributes or constants."""
    limits: dict[str, Any] = {}
    for place, name in ((1, "min"), (2, "max")):
        found = call.attributes.get(name) if name in call.attributes else call.constant(place)
        if found is not None:
            limits[name] = float(np.asarray(found).ravel()[0])
    return call.graph.add("clamp", (call.source(),), **limits)


def hard_sigmoid(call: OnnxCall) -> int:
    """Add `HardSigmoid` with torch's slope; others are none of torch's layers."""
    if abs(call.real("alpha", 0.2) - 1 / 6) > 1e-4 or call.real("beta", 0.5) != 0.5:
        raise call.refuse("alpha")
    return call.graph.add("hardsigmoid", (call.source(),))


def pooled(name: str) -> Read:
    """Return the reader of `MaxPool` or `AveragePool`."""

    def read(call: OnnxCall) -> int:
        kernel = call.wholes("kernel_shape")
        if kernel is None or len(kernel) != 2:
            raise call.refuse("kernel_shape")
        top, left, bottom, right = pads_of(call, (kernel[0], kernel[1]))
        if (top, left) != (bottom, right):
            raise call.refuse("pads") if "pads" in call.attributes else uneven(call)
        settings: dict[str, Any] = {
            "kernel_size": tuple(kernel),
            "stride": axes_of(call, "strides"),
            "padding": (top, left),
            "ceil_mode": bool(call.whole("ceil_mode", 0)),
        }
        dilation = axes_of(call, "dilations")
        if name == "max_pool2d":
            settings["dilation"] = dilation
        elif dilation != (1, 1):
            raise call.refuse("dilations")
        else:
            settings["count_include_pad"] = bool(call.whole("count_include_pad", 0))
        return call.graph.add(name, (call.source(),), **settings)

    return read


def all_pooled(name: str) -> Read:
    """Return the reader of a pooling over the whole image."""
    return lambda call: call.graph.add(name, (call.source(),), output_size=1)


def response_norm(call: OnnxCall) -> int:
    """Add `LRN`; of an even number of channels torch takes the other one more."""
    if call.whole("size", 1) % 2 == 0:
        raise call.refuse("size")
    settings: dict[str, Any] = {
        "alpha": call.real("alpha", 1e-4),
        "beta": call.real("beta", 0.75),
        "k": call.real("bias", 1.0),
    }
    return call.graph.add("local_response_norm", (call.source(),), size=call.whole("size", 1), **settings)


def joined(call: OnnxCall) -> int:
    """Add `Concat`."""
    parts = tuple(call.source(place) for place in range(len(call.inputs)))
    return call.graph.add("cat", parts, dim=call.whole("axis", 1))


def flattened(call: OnnxCall) -> int:
    """Add `Flatten` of everything but the images of a batch."""
    if call.whole("axis", 1) != 1:
        raise call.refuse("axis")
    return call.graph.add("flatten", (call.source(),), start_dim=1)


def reshaped(call: OnnxCall) -> int:
    """Add `Reshape` to sizes that are known, whose first is that of the images."""
    known = call.sizes(1)
    sizes = call.wholes("shape", 1) if known is None else known
    if not isinstance(sizes, list | tuple) or not sizes or sizes[0] not in (BATCH, -1, 0, 1):
        raise call.refuse("shape")
    if BATCH in sizes[1:] or 0 in sizes[1:] or [*sizes[1:]].count(-1) > 1:
        raise call.refuse("shape")
    return call.graph.add("reshape", (call.source(),), sizes=("n", *sizes[1:]))


def transposed(call: OnnxCall) -> int:
    """Add `Transpose`."""
    order = call.wholes("perm")
    if order is None or order[0] != 0:
        raise call.refuse("perm")
    return call.graph.add("permute", (call.source(),), dims=tuple(order))


def along(name: str) -> Read:
    """Return the reader of an operator along one axis, the last unless it is given."""
    return lambda call: call.graph.add(name, (call.source(),), dim=call.whole("axis", -1))


def one_axis(name: str) -> Read:
    """Return the reader of `Squeeze` or `Unsqueeze` of several axes, done one by one."""

    def read(call: OnnxCall) -> int:
        axes = call.wholes("axes", 1)
        if not axes or len(axes) > 4:
            raise call.refuse("axes")
        source = call.source()
        for axis in sorted(axes, reverse=name == "squeeze"):
            source = call.graph.add(name, (source,), dim=axis)
        return source

    return read


def reduced(name: str) -> Read:
    """Return the reader of a reduction over axes."""

    def read(call: OnnxCall) -> int:
        axes = call.wholes("axes", 1)
        if not axes:
            raise call.refuse("axes")
        dim = axes[0] if len(axes) == 1 else tuple(axes)
        return call.graph.add(name, (call.source(),), dim=dim, keepdim=bool(call.whole("keepdims", 1)))

    return read


def padded(call: OnnxCall) -> int:
    """Add `Pad` of height and width."""
    pads = call.wholes("pads", 1) or []
    if len(pads) != 8 or any(pads[place] for place in (0, 1, 4, 5)):
        raise call.refuse("pads")
    mode = {b"constant": "constant", b"reflect": "reflect", b"edge": "replicate"}.get(
        call.attributes.get("mode", b"constant")
    )
    if mode is None:
        raise call.refuse("mode")
    value = call.attributes.get("value", call.constant(2) if len(call.inputs) > 2 else None)
    settings: dict[str, Any] = {} if value is None else {"value": float(np.asarray(value).ravel()[0])}
    sides = (pads[3], pads[7], pads[2], pads[6])
    return call.graph.add("pad", (call.source(),), pad=sides, mode=mode, **(settings if mode == "constant" else {}))


def shuffled(call: OnnxCall) -> int:
    """Add `DepthToSpace` in torch's order."""
    if call.attributes.get("mode", b"DCR") != b"CRD":
        raise call.refuse("mode")
    return call.graph.add("pixel_shuffle", (call.source(),), upscale_factor=call.whole("blocksize", 1))


def dropped(call: OnnxCall) -> int:
    """Add `Dropout`, which is active in training alone."""
    ratio = call.attributes.get("ratio", call.constant(1) if len(call.inputs) > 1 else None)
    share = 0.5 if ratio is None else float(np.asarray(ratio).ravel()[0])
    return call.graph.add("dropout", (call.source(),), p=share, training=None)


def gelu(call: OnnxCall) -> int:
    """Add `Gelu`."""
    exact = call.attributes.get("approximate", b"none") == b"none"
    return call.graph.add("gelu", (call.source(),), approximate="none" if exact else "tanh")


def same(call: OnnxCall) -> int:
    """Pass a value on."""
    return call.source()
