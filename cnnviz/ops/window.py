"""A window sliding along one axis: how many units it makes, and which positions each of them sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cnnviz.errors import UserError

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WindowAxis:
    """One axis of a window: its taps, step and padding, in positions of the input."""

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1

    @property
    def reach(self) -> int:
        """Positions from the first tap to the last: d(k − 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    def units(self, length: int, ceil_mode: bool = False) -> int:
        """Units on an axis of `length`: ⌊(n + before + after − d(k − 1) − 1) / s⌋ + 1.

        With `ceil_mode` it rounds up, but no window may begin beyond the input and the padding before it.

        Raises:
            UserError: `op_window_too_large`.
        """
        free = length + self.before + self.after - self.reach
        units = (free + (self.stride - 1 if ceil_mode else 0)) // self.stride + 1
        if ceil_mode and (units - 1) * self.stride >= length + self.before:
            units -= 1
        if units < 1 or length < 1:
            raise UserError(
                "op_window_too_large", window=self.reach, length=length, padded=length + self.before + self.after
            )
        return units

    def positions(self, unit: int) -> range:
        """Return the positions of the taps of one unit; negative, or `length` and more, in the padding."""
        first = unit * self.stride - self.before
        return range(first, first + self.reach, self.dilation)

    def cut(self, tap: int, units: int) -> slice:
        """Return the slice of the padded axis that one tap reads, for every unit."""
        first = tap * self.dilation
        return slice(first, first + (units - 1) * self.stride + 1, self.stride)


def pair(value: Any) -> Pair:
    """Return `3` as (3, 3), and `(3, 5)` as it is."""
    if isinstance(value, int):
        return value, value
    numbers = tuple(value)
    return (numbers[0], numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])


def padding_sides(padding: int | str, kernel: int, dilation: int, stride: int) -> Pair:
    """Return the positions added before and after an axis; "same" puts the odd one after.

    Raises:
        UserError: `op_same_stride`.
    """
    if padding == "valid":
        return 0, 0
    if padding == "same":
        if stride != 1:
            raise UserError("op_same_stride", stride=stride)
        total = dilation * (kernel - 1)
        return total // 2, total - total // 2
    return int(padding), int(padding)


def window_axes(
    kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1
) -> tuple[WindowAxis, WindowAxis]:
    """Return the rows and the columns of a 2-D window; each setting is a number or a (height, width) pair.

    Raises:
        UserError: `op_positive`, `op_padding_negative` or `op_same_stride`.
    """
    kernels, strides, dilations = pair(kernel_size), pair(stride), pair(dilation)
    above, beside = (padding, padding) if isinstance(padding, str) else pair(padding)
    return (
        window_axis(kernels[0], strides[0], above, dilations[0]),
        window_axis(kernels[1], strides[1], beside, dilations[1]),
    )


def window_axis(kernel: int, stride: int = 1, padding: int | str = 0, dilation: int = 1) -> WindowAxis:
    """Return one axis of a window from torch's settings.

    Raises:
        UserError: `op_positive`, `op_padding_negative` or `op_same_stride`.
    """
    for name, value in (("kernel_size", kernel), ("stride", stride), ("dilation", dilation)):
        if value < 1:
            raise UserError("op_positive", setting=name, got=value)
    if not isinstance(padding, str) and padding < 0:
        raise UserError("op_padding_negative", got=padding)
    before, after = padding_sides(padding, kernel, dilation, stride)
    return WindowAxis(kernel, stride, before, after, dilation)


def window_taps(
    rows: WindowAxis, columns: WindowAxis, height: int, width: int
) -> Iterator[tuple[int, int, tuple[slice, slice]]]:
    """Yield every tap of a 2-D window with what it meets of the padded input, for (height, width) units."""
    for row in range(rows.kernel):
        for column in range(columns.kernel):
            yield row, column, (rows.cut(row, height), columns.cut(column, width))
