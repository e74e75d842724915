"""Sources of the numbers of an input and of a kernel: typed, random, a picture, or made to a rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.data import SAMPLES
from cnnviz.options import Choice, Option, Pair, Whole
from cnnviz.ui.pages.operations.number_text import MOST, Numbers, format_number, format_numbers
from cnnviz.ui.pages.operations.tab_options import typed, where

PICTURES = ("flower", "china", "digit", "shapes")
LARGEST_SIDE = 256
SOURCES = ("numbers", "random", "image")


@dataclass(frozen=True, slots=True, eq=False)
class InputValues:
    """Values with the Python expression that makes them."""

    values: Tensor
    line: str
    edits: str = ""
    names: Mapping[str, Tensor] = field(default_factory=dict)


def input_settings(
    numbers: str, size: str = "8", channels: int = 1, name: str = "x", colour: str = "grey"
) -> tuple[Option, ...]:
    """Return the settings of an input (C, H, W) whose numbers stand in setting `name`."""
    source, own, *rest = plane_settings(numbers, size, name)
    return (
        source,
        typed(name, 3, own.default, source.name),
        *rest,
        Option("channels", Whole(1, 8), channels, where("from", "random")),
        Option("colour", Choice(("grey", "rgb")), colour, where("from", "image")),
    )


def plane_settings(numbers: str, size: str = "8", name: str = "x") -> tuple[Option, ...]:
    """Return the settings of an input (H, W) whose numbers stand in setting `name`."""
    return (
        Option("from", Choice(SOURCES), "numbers"),
        typed(name, 2, numbers, "from"),
        Option("picture", Choice(PICTURES), "flower", where("from", "image")),
        Option("size", Pair(1, LARGEST_SIDE), size, where("from", "random", "image")),
        Option("seed", Whole(0, 9999), 0, where("from", "random")),
    )


def kernel_settings(numbers: str, size: str = "3", outputs: int = 1) -> tuple[Option, ...]:
    """Return the settings of kernels (O, C, kh, kw)."""
    source, own, side = plane_kernel_settings(numbers, size)
    return (
        source,
        typed("kernel", 4, own.default, source.name),
        side,
        Option("outputs", Whole(1, 8), outputs, where("kernel_from", *KERNELS)),
    )


def plane_kernel_settings(numbers: str, size: str = "3", name: str = "kernel") -> tuple[Option, ...]:
    """Return the settings of one kernel (kh, kw) whose numbers stand in setting `name`."""
    return (
        Option("kernel_from", Choice(("numbers", *KERNELS)), "numbers"),
        typed(name, 2, numbers, "kernel_from"),
        Option("k", Pair(1, 31), size, where("kernel_from", *KERNELS)),
    )


def input_values(s: Mapping[str, Any], name: str = "x") -> InputValues:
    """Return the input (C, H, W) as its settings say; the line makes (1, C, H, W)."""
    made = _INPUTS[s["from"]](s, name)
    return replace(made, edits=editable_name(name, made.values))


def plane_values(s: Mapping[str, Any], name: str = "x", scale: int = 1) -> InputValues:
    """Return the input (H, W) as its settings say, divided by `scale`; the line makes (1, 1, H, W)."""
    plane = {"channels": 1, "colour": "grey", **s, name: s[name][None]}
    made = input_values(plane, name)
    if scale == 1:
        return replace(made, values=made.values[0])
    values = made.values[0] / scale
    return replace(
        made, values=values, line=f"{made.line.split('  #')[0]} / {scale}", edits=editable_name(name, values)
    )


def kernel_values(s: Mapping[str, Any], channels: int) -> InputValues:
    """Return the kernels (O, C, kh, kw): as typed, or made for `channels` input channels."""
    if s["kernel_from"] == "numbers":
        return typed_values(s["kernel"], "kernel")
    made = KERNELS[s["kernel_from"]]((s["outputs"], channels, *s["k"]))
    return replace(made, edits=editable_name("kernel", made.values))


def plane_kernel_values(s: Mapping[str, Any], name: str = "kernel") -> InputValues:
    """Return the kernel (kh, kw) as its settings say; the line makes (1, 1, kh, kw)."""
    made = kernel_values({"outputs": 1, **s, "kernel": s[name][None, None]}, 1)
    return replace(made, values=made.values[0, 0], edits=editable_name(name, made.values))


def typed_values(values: Tensor, name: str, shown: Tensor | None = None) -> InputValues:
    """Return numbers that the user typed into setting `name`; the line makes `shown`."""
    return InputValues(values, tensor_literal(values if shown is None else shown), name)


def editable_name(name: str, values: Tensor) -> str:
    """Return `name` where setting `name` has room for `values` as text: so random numbers and pixels can be
    typed over."""
    return name if values.numel() <= MOST and len(format_numbers(values)) <= Numbers.longest else ""


def tensor_literal(values: Tensor) -> str:
    """Return a tensor written out as Python."""
    return f"torch.tensor({_nested(values)})"


def random_values(shape: tuple[int, ...], seed: int, name: str = "") -> InputValues:
    """Return numbers from −1 to 1 with two decimals, the same for a seed; typed over, they become setting `name`."""
    values = torch.randint(-100, 101, shape, generator=torch.Generator().manual_seed(seed)).double() / 100
    line = f"torch.randint(-100, 101, {shape}, generator=torch.Generator().manual_seed({seed})) / 100"
    return InputValues(values, line, editable_name(name, values) if name else "")


def _typed_input(s: Mapping[str, Any], name: str) -> InputValues:
    return typed_values(s[name], name, s[name][None])


def _random_input(s: Mapping[str, Any], _: str) -> InputValues:
    made = random_values((1, s["channels"], *s["size"]), s["seed"])
    return InputValues(made.values[0], made.line)


def _picture_input(s: Mapping[str, Any], _: str) -> InputValues:
    pixels = SAMPLES[s["picture"]].load(s.get("seed", 0), (3, *s["size"])).float()
    shrunk = functional.interpolate(pixels[None], s["size"], mode="bilinear", antialias=True, align_corners=False)[0]
    if s["colour"] == "grey" and len(shrunk) == 3:
        shrunk = (shrunk * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(0, keepdim=True)
    values = shrunk.round().clamp(0, 255).double()
    return InputValues(
        values, f"image.float()[None]  # pixels {tuple(values.shape)}, 0 to 255", names={"image": values}
    )


_INPUTS: Mapping[str, Callable[[Mapping[str, Any], str], InputValues]] = MappingProxyType(
    {"numbers": _typed_input, "random": _random_input, "image": _picture_input}
)


def _random_kernel(shape: tuple[int, ...]) -> InputValues:
    return random_values(shape, 1)


def _mean_kernel(shape: tuple[int, ...]) -> InputValues:
    area = shape[2] * shape[3]
    return InputValues(torch.full(shape, 1 / area, dtype=torch.float64), f"torch.full({shape}, 1 / {area})")


def _ones_kernel(shape: tuple[int, ...]) -> InputValues:
    return InputValues(torch.ones(shape, dtype=torch.float64), f"torch.ones({shape})")


def _edge_kernel(shape: tuple[int, ...]) -> InputValues:
    line = f"torch.linspace(-1, 1, {shape[3]}).sign().expand{shape} / {shape[2] * shape[3]}"
    values = torch.linspace(-1, 1, shape[3]).sign().expand(shape).double() / (shape[2] * shape[3])
    return InputValues(values.contiguous(), line)


KERNELS: Mapping[str, Callable[[tuple[int, ...]], InputValues]] = MappingProxyType(
    {"random": _random_kernel, "mean": _mean_kernel, "ones": _ones_kernel, "edge": _edge_kernel}
)


def _nested(values: Tensor) -> str:
    if values.dim() == 0:
        number = format_number(float(values))
        return number if any(mark in number for mark in ".en") else f"{number}."
    return f"[{', '.join(_nested(part) for part in values)}]"
