"""The window of a convolution or pooling layer with equal sides, as most questions ask about it."""

from dataclasses import dataclass

from cnnviz.trace.record import LayerRecord

WINDOWS = ("convolution", "max_pool", "average_pool")
"""The operations with a sliding window."""


@dataclass(frozen=True, slots=True)
class SquareWindow:
    """Kernel size, stride and padding (on each side) of both axes; no dilation, rounded down."""

    kernel: int
    stride: int
    padding: int

    def positions(self, size: int) -> int:
        """Return how many windows fit along an axis of `size`: ⌊(n + 2p − k)/s⌋ + 1."""
        return (size + 2 * self.padding - self.kernel) // self.stride + 1


def square_window(row: LayerRecord) -> SquareWindow | None:
    """Return the window of a row; None where it has none, or one with unequal sides, dilation or sizes rounded up."""
    settings = row.settings
    if row.operation not in WINDOWS or len(row.shape) != 3 or len(row.input_shapes[0]) != 3:
        return None
    sides = {axis: set(settings[axis]) for axis in ("kernel_size", "stride", "padding")}
    plain = (
        all(len(side) == 1 for side in sides.values())
        and "padding_end" not in settings
        and set(settings.get("dilation", (1,))) == {1}
        and not settings.get("ceil_mode")
    )
    if not plain:
        return None
    return SquareWindow(*(next(iter(sides[axis])) for axis in ("kernel_size", "stride", "padding")))


def has_square_window(row: LayerRecord) -> bool:
    """Return whether a row has such a window of more than one cell."""
    window = square_window(row)
    return window is not None and window.kernel > 1


def window_of(row: LayerRecord) -> SquareWindow:
    """Return the window of a row that `has_square_window`."""
    window = square_window(row)
    assert window is not None, row.name
    return window
