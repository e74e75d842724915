"""The error of a node that cannot read the shape it is given, with its arithmetic."""

from collections.abc import Sequence
from typing import Any

from cnnviz.errors import UserError


class ShapeClash(UserError):
    """A node cannot read its input; `arithmetic` shows both sides, such as "32·7·7 = 1568 ≠ 1050"."""

    def __init__(self, key: str, arithmetic: str, **values: Any) -> None:
        super().__init__(key, arithmetic=arithmetic, **values)
        self.arithmetic = arithmetic
        self.node: int | None = None
        """The position of the node, once it is known."""


def times(shape: Sequence[int]) -> str:
    """Return a shape as text.

    >>> times((32, 7, 7))
    '32×7×7'
    """
    return "×".join(map(str, shape)) or "1"


def product(shape: Sequence[int]) -> str:
    """Return the numbers of a shape counted.

    >>> product((32, 7, 7)), product((400,))
    ('32·7·7 = 1568', '400')
    """
    total = 1
    for size in shape:
        total *= size
    return f"{'·'.join(map(str, shape))} = {total}" if len(shape) > 1 else str(total)
