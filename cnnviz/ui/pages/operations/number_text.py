"""Tensors as a user types them: spaces between columns, `/` rows, `;` channels, `|` filters."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.options import Typed

SEPARATORS = ("|", ";", "/")
MOST = 1024
LARGEST = 1e6


@dataclass(frozen=True, slots=True)
class Numbers(Typed[Tensor]):
    """A tensor of `depth` axes: 1 is a vector, 2 a matrix, 3 channels, 4 filters."""

    depth: int
    longest: ClassVar[int] = 6000

    def parse(self, value: Any, option: str = "value") -> Tensor:
        """Return the tensor that a text stands for.

        Raises:
            UserError: as `parse_numbers`.
        """
        return parse_numbers(value, self.depth)

    def format(self, value: Tensor) -> str:
        """Return the numbers as text."""
        return format_numbers(value)


def parse_numbers(text: str, depth: int) -> Tensor:
    """Return the text `"0 1 / 2 3"` as a float64 tensor of `depth` axes; commas count as spaces.

    Raises:
        UserError: `operations_number`, `operations_ragged`, `operations_deep`, `operations_empty` or `operations_many`.
    """
    for separator in SEPARATORS[: 4 - depth]:
        if separator in text:
            raise UserError("operations_deep", separator=separator)
    values = _split(text, SEPARATORS[4 - depth :] if depth > 1 else ())
    count = _count(values)
    if not count:
        raise UserError("operations_empty")
    if count > MOST:
        raise UserError("operations_many", got=count, limit=MOST)
    try:
        return torch.tensor(values, dtype=torch.float64)
    except ValueError:
        raise UserError("operations_ragged") from None


def format_numbers(values: Tensor) -> str:
    """Return the text that `parse_numbers` reads back as the same tensor."""
    if values.dim() == 1:
        return " ".join(format_number(float(value)) for value in values)
    return f" {SEPARATORS[-values.dim() + 1]} ".join(format_numbers(part) for part in values)


def format_number(value: float) -> str:
    """Return the shortest text of a number: 3 for 3.0."""
    return str(int(value)) if value == int(value) else repr(value)


def _split(text: str, separators: tuple[str, ...]) -> list[Any]:
    if separators:
        return [_split(part, separators[1:]) for part in text.split(separators[0])]
    return [_number(word) for word in text.replace(",", " ").replace("−", "-").split()]


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        raise UserError("operations_number", got=word[:20]) from None
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise UserError("operations_number", got=word[:20])
    return value


def _count(values: list[Any]) -> int:
    return sum(_count(value) if isinstance(value, list) else 1 for value in values)
