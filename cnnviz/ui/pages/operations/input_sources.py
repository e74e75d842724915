"""Where the numbers of an input and of a kernel come from: typed, random, a picture, or made to a rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.data import SAMPLES
from cnnviz.ui.pages.operations.number_text import MOST, write_number, write_numbers
from cnnviz.ui.pages.operations.settings import LONGEST, Choice, Pair, Setting, Whole, typed, where

PICTURES = ("flower", "china", "digit", "shapes")
LARGEST_SIDE = 256
SOURCES = ("numbers", "random", "image")


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Values with the Python expression that makes them."""

    values: Tensor
    line: str
    edits: str = ""
    names: Mapping[str, Tensor] = field(default_factory=dict)


def input_settings(
    numbers: str, size: str = "8", channels: int = 1, name: str = "x", colour: str = "grey"
) -> tuple[Setting, ...]:
    """The settings of an input (C, H, W) whose numbers stand in setting `name`."""
    source, own, *rest = plane_settings(numbers, size, name)
    return (
        source,
        typed(name, 3, own.default, source.name),
        *rest,
        Setting("channels", Whole(1, 8), channels, where("from", "random")),
        Setting("colour", Choice(("grey", "rgb")), colour, where("from", "image")),
    )


def plane_settings(numbers: str, size: str = "8", name: str = "x") -> tuple[Setting, ...]:
    """The settings of an input (H, W) whose numbers stand in setting `name`."""
    return (
        Setting("from", Choice(SOURCES), "numbers"),
        typed(name, 2, numbers, "from"),
        Setting("picture", Choice(PICTURES), "flower", where("from", "image")),
        Setting("size", Pair(1, LARGEST_SIDE), size, where("from", "random", "image")),
        Setting("seed", Whole(0, 9999), 0, where("from", "random")),
    )


def kernel_settings(numbers: str, size: str = "3", outputs: int = 1) -> tuple[Setting, ...]:
    """The settings of kernels (O, C, kh, kw)."""
    source, own, side = plane_kernel_settings(numbers, size)
    return (
        source,
        typed("kernel", 4, own.default, source.name),
        side,
        Setting("outputs", Whole(1, 8), outputs, where("kernel_from", *KERNELS)),
    )


def plane_kernel_settings(numbers: str, size: str = "3", name: str = "kernel") -> tuple[Setting, ...]:
    """The settings of one kernel (kh, kw) whose numbers stand in setting `name`."""
    return (
        Setting("kernel_from", Choice(("numbers", *KERNELS)), "numbers"),
        typed(name, 2, numbers, "kernel_from"),
        Setting("k", Pair(1, 31), size, where("kernel_from", *KERNELS)),
    )


def given_input(s: Mapping[str, Any], name: str = "x") -> Given:
    """The input (C, H, W) as its settings say; the line makes (1, C, H, W)."""
    made = _INPUTS[s["from"]](s, name)
    return replace(made, edits=editable(name, made.values))


def given_plane(s: Mapping[str, Any], name: str = "x", scale: int = 1) -> Given:
    """The input (H, W) as its settings say, divided by `scale`; the line makes (1, 1, H, W)."""
    plane = {"channels": 1, "colour": "grey", **s, name: s[name][None]}
    made = given_input(plane, name)
    if scale == 1:
        return replace(made, values=made.values[0])
    values = made.values[0] / scale
    return replace(made, values=values, line=f"{made.line.split('  #')[0]} / {scale}", edits=editable(name, values))


def given_kernel(s: Mapping[str, Any], channels: int) -> Given:
    """The kernels (O, C, kh, kw): as typed, or made for `channels` input channels."""
    if s["kernel_from"] == "numbers":
        return as_typed(s["kernel"], "kernel")
    made = KERNELS[s["kernel_from"]]((s["outputs"], channels, *s["k"]))
    return replace(made, edits=editable("kernel", made.values))


def given_plane_kernel(s: Mapping[str, Any], name: str = "kernel") -> Given:
    """The kernel (kh, kw) as its settings say; the line makes (1, 1, kh, kw)."""
    made = given_kernel({"outputs": 1, **s, "kernel": s[name][None, None]}, 1)
    return replace(made, values=made.values[0, 0], edits=editable(name, made.values))


def as_typed(values: Tensor, name: str, shown: Tensor | None = None) -> Given:
    """Numbers that the reader typed into setting `name`; the line makes `shown`."""
    return Given(values, literal(values if shown is None else shown), name)


def editable(name: str, values: Tensor) -> str:
    """`name`, where setting `name` has room for `values` as text; random numbers and pixels are typed over so."""
    return name if values.numel() <= MOST and len(write_numbers(values)) <= LONGEST else ""


def literal(values: Tensor) -> str:
    """A tensor written out as Python."""
    return f"torch.tensor({_nested(values)})"


def random_values(shape: tuple[int, ...], seed: int, name: str = "") -> Given:
    """Numbers from −1 to 1 with two decimals, the same for the same seed; typed over, they become setting `name`."""
    values = torch.randint(-100, 101, shape, generator=torch.Generator().manual_seed(seed)).double() / 100
    line = f"torch.randint(-100, 101, {shape}, generator=torch.Generator().manual_seed({seed})) / 100"
    return Given(values, line, editable(name, values) if name else "")


def _typed_input(s: Mapping[str, Any], name: str) -> Given:
    return as_typed(s[name], name, s[name][None])


def _random_input(s: Mapping[str, Any], _: str) -> Given:
    made = random_values((1, s["channels"], *s["size"]), s["seed"])
    return Given(made.values[0], made.line)


def _picture_input(s: Mapping[str, Any], _: str) -> Given:
    pixels = SAMPLES[s["picture"]].load(s.get("seed", 0), (3, *s["size"])).float()
    shrunk = functional.interpolate(pixels[None], s["size"], mode="bilinear", antialias=True, align_corners=False)[0]
    if s["colour"] == "grey" and len(shrunk) == 3:
        shrunk = (shrunk * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(0, keepdim=True)
    values = shrunk.round().clamp(0, 255).double()
    return Given(values, f"image.float()[None]  # pixels {tuple(values.shape)}, 0 to 255", names={"image": values})


_INPUTS: Mapping[str, Callable[[Mapping[str, Any], str], Given]] = MappingProxyType(
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
