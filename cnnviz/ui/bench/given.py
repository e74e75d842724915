"""Where the numbers of an input and of a kernel come from: typed, random, a picture, or made to a rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.data import SAMPLES
from cnnviz.ui.bench.numbers import write_number
from cnnviz.ui.bench.setting import Choice, Numbers, Pair, Setting, Whole, where

PICTURES = ("flower", "china", "digit", "shapes")
LARGEST_SIDE = 256
LITERAL = 96
"""More numbers than this are not written out in the code."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Values with the Python expression that makes them."""

    values: Tensor
    line: str
    edits: str = ""
    names: Mapping[str, Tensor] = field(default_factory=dict)


def input_settings(numbers: str, size: str = "8", seed: int = 0, channels: int = 1) -> tuple[Setting, ...]:
    """The settings of an input (C, H, W)."""
    return (
        Setting("from", Choice(("numbers", "random", "image")), "numbers"),
        Setting("x", Numbers(3), numbers, where("from", "numbers")),
        Setting("picture", Choice(PICTURES), "flower", where("from", "image")),
        Setting("size", Pair(1, LARGEST_SIDE), size, where("from", "random", "image")),
        Setting("channels", Whole(1, 8), channels, where("from", "random")),
        Setting("colour", Choice(("grey", "rgb")), "grey", where("from", "image")),
        Setting("seed", Whole(0, 9999), seed, where("from", "random")),
    )


def kernel_settings(numbers: str, size: str = "3", outputs: int = 1) -> tuple[Setting, ...]:
    """The settings of kernels (O, C, kh, kw)."""
    return (
        Setting("kernel_from", Choice(("numbers", *KERNELS)), "numbers"),
        Setting("kernel", Numbers(4), numbers, where("kernel_from", "numbers")),
        Setting("k", Pair(1, 31), size, where("kernel_from", *KERNELS)),
        Setting("outputs", Whole(1, 8), outputs, where("kernel_from", *KERNELS)),
    )


def given_input(s: Mapping[str, Any]) -> Given:
    """The input (C, H, W) as its settings say; the line makes (1, C, H, W)."""
    return _INPUTS[s["from"]](s)


def given_kernel(s: Mapping[str, Any], channels: int) -> Given:
    """The kernels (O, C, kh, kw): as typed, or made for `channels` input channels."""
    if s["kernel_from"] == "numbers":
        return typed(s["kernel"], "kernel", s["kernel"])
    return KERNELS[s["kernel_from"]]((s["outputs"], channels, *s["k"]))


def typed(values: Tensor, name: str, shown: Tensor | None = None) -> Given:
    """Numbers that the reader typed into setting `name`; the line makes `shown`."""
    return Given(values, literal(values if shown is None else shown), name)


def literal(values: Tensor) -> str:
    """A tensor written out as Python."""
    return f"torch.tensor({_nested(values)})"


def random_values(shape: tuple[int, ...], seed: int) -> Given:
    """Numbers from −1 to 1 with two decimals, the same for the same seed."""
    values = torch.randint(-100, 101, shape, generator=torch.Generator().manual_seed(seed)).double() / 100
    return Given(values, f"torch.randint(-100, 101, {shape}, generator=torch.Generator().manual_seed({seed})) / 100")


def _typed_input(s: Mapping[str, Any]) -> Given:
    return typed(s["x"], "x", s["x"][None])


def _random_input(s: Mapping[str, Any]) -> Given:
    made = random_values((1, s["channels"], *s["size"]), s["seed"])
    return Given(made.values[0], made.line)


def _picture_input(s: Mapping[str, Any]) -> Given:
    pixels = SAMPLES[s["picture"]].load(s.get("seed", 0), (3, *s["size"])).float()
    shrunk = functional.interpolate(pixels[None], s["size"], mode="bilinear", antialias=True, align_corners=False)[0]
    if s["colour"] == "grey" and len(shrunk) == 3:
        shrunk = (shrunk * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(0, keepdim=True)
    values = shrunk.round().clamp(0, 255).double()
    return Given(values, f"image.float()[None]  # pixels {tuple(values.shape)}, 0 to 255", names={"image": values})


_INPUTS: Mapping[str, Callable[[Mapping[str, Any]], Given]] = MappingProxyType(
    {"numbers": _typed_input, "random": _random_input, "image": _picture_input}
)


def _random_kernel(shape: tuple[int, ...]) -> Given:
    return random_values(shape, 1)


def _mean_kernel(shape: tuple[int, ...]) -> Given:
    area = shape[2] * shape[3]
    return Given(torch.full(shape, 1 / area, dtype=torch.float64), f"torch.full({shape}, 1 / {area})")


def _ones_kernel(shape: tuple[int, ...]) -> Given:
    return Given(torch.ones(shape, dtype=torch.float64), f"torch.ones({shape})")


def _edge_kernel(shape: tuple[int, ...]) -> Given:
    line = f"torch.linspace(-1, 1, {shape[3]}).sign().expand{shape} / {shape[2] * shape[3]}"
    values = torch.linspace(-1, 1, shape[3]).sign().expand(shape).double() / (shape[2] * shape[3])
    return Given(values.contiguous(), line)


KERNELS: Mapping[str, Callable[[tuple[int, ...]], Given]] = MappingProxyType(
    {"random": _random_kernel, "mean": _mean_kernel, "ones": _ones_kernel, "edge": _edge_kernel}
)


def _nested(values: Tensor) -> str:
    if values.dim() == 0:
        number = write_number(float(values))
        return number if any(mark in number for mark in ".en") else f"{number}."
    return f"[{', '.join(_nested(part) for part in values)}]"
