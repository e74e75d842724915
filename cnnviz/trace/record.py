"""The facts of one forward pass: frozen records, nothing to call but arithmetic on their own fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from types import MappingProxyType
from typing import Any, Literal

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels, both ends inside; it may reach into the padding (negative, or beyond the image)."""

    top: int
    left: int
    bottom: int
    right: int

    def clipped(self, height: int, width: int) -> "Box":
        """Return the part of the box that lies on an image of `height` by `width` pixels."""
        return Box(max(self.top, 0), max(self.left, 0), min(self.bottom, height - 1), min(self.right, width - 1))


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """The input pixels that a unit of a layer can see, per axis (height, width).

    Unit i sees the pixels `start + i * stride` to `start + i * stride + size - 1`: the hull, unclipped.
    Where the units are not
    evenly spaced (`uniform` false, `stride` None) `spans` holds the first and last pixel of every unit,
    per axis. `dims` says where those axes lie in the record's shape.
    """

    extent: Literal["window", "global", "unknown"]
    size: Pair | None = None
    stride: Pair | None = None
    start: Pair | None = None
    uniform: bool = True
    dense: bool = True
    """False where rows or columns inside the hull are not seen (dilation, a stride larger than its
    window)."""
    spans: tuple[tuple[Pair, ...], tuple[Pair, ...]] | None = None
    reason: str = ""
    """For "unknown": the operation that could not be followed."""
    dims: tuple[int | None, int | None] = (1, 2)
    """The dimensions of the record's shape that run along the image's height and width: (1, 2) in (C, H, W), (2, 1)
    where the map lies on its side, (0, 1) in (H, W, C); None for an axis that has no dimension left."""

    def box(self, y: int, x: int) -> Box | None:
        """Return the pixels that the unit in row `y` and column `x` sees, unclipped; None where the field is no window.

        Row and column are those of the map: where it lies on its side, its rows run along the image's width.

        >>> ReceptiveField("window", size=(6, 6), stride=(2, 2), start=(-2, -2)).box(0, 3)
        Box(top=-2, left=4, bottom=3, right=9)
        """
        if None not in self.dims and self.dims[0] > self.dims[1]:  # type: ignore[operator]
            y, x = x, y
        if self.spans is not None:
            (top, bottom), (left, right) = self.spans[0][y], self.spans[1][x]
            return Box(top, left, bottom, right)
        if self.size is None or self.stride is None or self.start is None:
            return None
        top, left = self.start[0] + y * self.stride[0], self.start[1] + x * self.stride[1]
        return Box(top, left, top + self.size[0] - 1, left + self.size[1] - 1)


GLOBAL = ReceptiveField("global")


@dataclass(frozen=True, slots=True)
class LayerRecord:
    """One call of one layer or operation, and what it produced for one image."""

    name: str
    """Unique: "stage2.block1.conv1" as in model.named_modules(), "…#2" at its second call,
    "stage2.block1.add"."""
    kind: str
    """The class of the module ("Conv2d") or the name of the operation ("add", "cat", "flatten")."""
    block: str
    """The dotted path around it, "" at the top."""
    inputs: tuple[str, ...]
    """Names of the records it read; "input" is the image."""
    input_shapes: tuple[tuple[int, ...], ...]
    """The shapes of those, without the batch."""
    shape: tuple[int, ...]
    """(C, H, W), or (F,) once flattened."""
    num_params: int
    """Its own, counted at its first call; shared ones once."""
    num_trainable: int
    macs: int
    """Multiply-adds of convolutions, linear layers and products of matrices for one image, without bias."""
    receptive_field: ReceptiveField
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What decides its arithmetic, named as torch names it: kernel_size, stride, padding, dilation,
    groups, eps, dim, …

    Windows are given per axis, (height, width); `padding` is what lies before the first unit, and
    `padding_end`
    stands beside it only where the other side has another amount.
    """
    operation: str = ""
    """What it computes, whoever wrote it: "convolution" for `nn.Conv2d`, its subclasses and `F.conv2d` alike; a key of
    `cnnviz.trace.operations.OPERATIONS`, "" where it is not known."""
    family: str = "other"
    """The family of that operation: its colour and letter in the diagram."""
    input_fields: tuple[ReceptiveField, ...] = ()
    """The receptive fields of what it read."""
    param_shapes: tuple[tuple[int, ...], ...] = ()
    """The shapes of the parameters counted in `num_params`."""
    more_shapes: tuple[tuple[int, ...], ...] = ()
    """Of an operation with several outputs (`chunk`): those behind the first."""
    shares_memory: bool = False
    """Its output is (a view of) its input: flatten, dropout in evaluation, whatever works in place."""
    uncounted: bool = False
    """It may sum products that `macs` leaves out, since nobody knows how many."""

    @property
    def activation_bytes(self) -> int:
        """Bytes of the output, all of them where there are several, in float32 for one image."""
        return 4 * sum(prod(shape) for shape in (self.shape, *self.more_shapes))


@dataclass(frozen=True, slots=True)
class Trace:
    """The facts of one forward pass, in order of execution."""

    input_shape: tuple[int, ...]
    layers: tuple[LayerRecord, ...]
    num_params: int
    """Of the whole model, shared ones once, unused ones included."""
    num_trainable: int
    unused: tuple[str, ...] = ()
    """Leaf modules that the pass never called."""
    calls: tuple[Any, ...] = field(default=(), repr=False, compare=False)
    """How to make every call again, for `cnnviz.trace.activations`: no facts, no tensors of the model."""

    @property
    def macs(self) -> int:
        """Multiply-adds of the whole pass for one image."""
        return sum(layer.macs for layer in self.layers)

    @property
    def uncounted(self) -> tuple[str, ...]:
        """The rows whose multiply-adds `macs` leaves out: what they compute is not known."""
        return tuple(layer.name for layer in self.layers if layer.uncounted)

    @property
    def depth(self) -> int:
        """Convolution and dense layers on the longest path, as the names of networks count: ResNet-18 has 18."""
        deepest = {"input": 0}
        for layer in self.layers:
            before = max((deepest[name] for name in layer.inputs), default=0)
            deepest[layer.name] = before + bool(layer.macs)
        return max(deepest.values())

    def __getitem__(self, name: str) -> LayerRecord:
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)
