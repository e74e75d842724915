"""The pixels along one image axis that every unit of a map sees, exactly, gaps included."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

SeenPixels = tuple[int, int]
"""(first pixel, seen): bit k of `seen` is set where the pixel `first + k` is seen; 0 where none is."""


class FieldAxis(NamedTuple):
    """The pixels of every unit: unit i sees those of unit 0, `i * stride` further on, or `units` lists them."""

    stride: int
    first: int
    seen: int
    units: tuple[SeenPixels, ...] | None = None
    whole: bool = False
    """Every unit depends on the whole axis; the other fields then say nothing."""

    def unit(self, index: int) -> SeenPixels:
        """Return the pixels that unit `index` sees."""
        if self.units is not None:
            return self.units[index]
        return self.first + index * self.stride, self.seen

    def span(self, index: int) -> tuple[int, int]:
        """Return the first and last pixel that unit `index` sees."""
        first, seen = self.unit(index)
        return first, first + seen.bit_length() - 1

    @property
    def dense(self) -> bool:
        """Return True where no unit has an unseen pixel between its first and its last."""
        if self.units is not None:
            return all(seen & (seen + 1) == 0 for _, seen in self.units)
        return self.seen & (self.seen + 1) == 0


UNEVEN = -1
"""As `stride` of an axis: its units are told one by one wherever they go, so that none is made up
beyond a border."""

WHOLE_AXIS = FieldAxis(0, 0, 0, whole=True)
PIXEL_AXIS = FieldAxis(stride=1, first=0, seen=1)
"""The image itself: unit i is pixel i."""


def union_of_pixels(units: Iterable[SeenPixels]) -> SeenPixels:
    """Return the pixels that any of `units` sees."""
    visible = [unit for unit in units if unit[1]]
    if not visible:
        return 0, 0
    first = min(unit[0] for unit in visible)
    seen = 0
    for start, mask in visible:
        seen |= mask << (start - first)
    return first, seen


def axis_of_units(units: Sequence[SeenPixels], stride: int) -> FieldAxis:
    """Return the axis of these units, by its stride where they are evenly spaced; a lone unit is given `stride`."""
    first, seen = units[0]
    if stride == UNEVEN:
        return FieldAxis(UNEVEN, first, seen, tuple(units))
    if len(units) > 1:
        stride = units[1][0] - first
    if stride > 0 and all(unit == (first + i * stride, seen) for i, unit in enumerate(units)):
        return FieldAxis(stride, first, seen)
    return FieldAxis(0, first, seen, tuple(units))


def slide_window(
    axis: FieldAxis, size: int, size_out: int, kernel: int, stride: int, padding: int, dilation: int
) -> FieldAxis:
    """Return a window of `kernel` taps sliding over `size` units; `padding` is what lies before unit 0."""
    if axis.whole:
        return WHOLE_AXIS
    if axis.units is not None:
        return gather_units(
            axis,
            [
                [
                    at
                    for at in range(out * stride - padding, out * stride - padding + kernel * dilation, dilation)
                    if 0 <= at < size
                ]
                for out in range(size_out)
            ],
        )
    seen, step = 0, dilation * axis.stride
    for tap in range(kernel):
        seen |= axis.seen << (tap * step)
    return FieldAxis(axis.stride * stride, axis.first - padding * axis.stride, seen)


def gather_units(axis: FieldAxis, sources: Sequence[Iterable[int]]) -> FieldAxis:
    """Return the axis whose unit i reads the units `sources[i]`."""
    if axis.whole:
        return WHOLE_AXIS
    units = [union_of_pixels(axis.unit(at) for at in read) for read in sources]
    return axis_of_units(units, axis.stride) if units else axis


def union_of_axes(first: FieldAxis, second: FieldAxis, size: int) -> FieldAxis:
    """Return the axis of two maps of `size` units together, unit by unit."""
    if first == second:
        return first
    if first.whole or second.whole:
        return WHOLE_AXIS
    if first.units is None and second.units is None and first.stride == second.stride:
        return FieldAxis(first.stride, *union_of_pixels((first.unit(0), second.unit(0))))
    both = [union_of_pixels((first.unit(i), second.unit(i))) for i in range(size)]
    return axis_of_units(both, max(first.stride, second.stride))


def concatenate_axes(parts: Sequence[tuple[FieldAxis, int]]) -> FieldAxis:
    """Return the axis of maps of so many units laid end to end."""
    if any(axis.whole for axis, _ in parts):
        return WHOLE_AXIS
    return axis_of_units([axis.unit(i) for axis, size in parts for i in range(size)], parts[0][0].stride)
