"""Numbers as a reader types them."""

import pytest
import torch

from cnnviz.options import Flag, Option, Pair, Real, Whole
from cnnviz.ui.pages.operations.number_text import format_numbers, parse_numbers
from cnnviz.ui.pages.operations.tab_options import held_kind


@pytest.mark.parametrize(
    ("text", "depth", "shape"),
    [
        ("1 2 3", 1, (3,)),
        ("1,2", 2, (1, 2)),
        ("0 1 / 2 3", 2, (2, 2)),
        ("0 1 / 2 3 ; 4 5 / 6 7", 3, (2, 2, 2)),
        ("1;2;3", 3, (3, 1, 1)),
        ("1 2 | 3 4 | 5 6", 4, (3, 1, 1, 2)),
        ("−1 0.5", 1, (2,)),
    ],
)
def test_a_text_has_the_shape_its_separators_say(text: str, depth: int, shape: tuple[int, ...]) -> None:
    assert tuple(parse_numbers(text, depth).shape) == shape


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 4), (2, 3, 1, 2)])
def test_what_is_written_reads_back_as_the_same_numbers(shape: tuple[int, ...]) -> None:
    values = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    values.view(-1)[0] = 3
    assert torch.equal(parse_numbers(format_numbers(values), len(shape)), values)


@pytest.mark.parametrize(
    ("text", "value"), [("3", (3, 3)), ("3,5", (3, 5)), ("3 5", (3, 5)), ("3×5", (3, 5)), ("same", "same"), ("", None)]
)
def test_a_pair_is_one_number_or_two_or_a_word(text: str, value: object) -> None:
    assert Pair(1, 9, ("same", "")).parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "value"), [(Whole(0, 9), "4", 4), (Real(0, 1), "0.25", 0.25), (Flag(), "1", True)]
)
def test_what_stands_in_a_link_reads_back(kind: object, text: str, value: object) -> None:
    held = held_kind(Option("size", kind, value))
    assert held.parse(text) == value
    assert held.format(value) == text


@pytest.mark.parametrize(
    ("kind", "text"), [(Whole(0, 9), "10"), (Real(0, 1), "nan"), (Real(0, 1), "2"), (Flag(), "yes")]
)
def test_a_link_out_of_range_is_not_read(kind: object, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        held_kind(Option("size", kind, None)).parse(text)
