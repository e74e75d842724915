"""The ninths of an image in which a map's values lie, by hand."""

import pytest
import torch

from cnnviz.attribution.map_places import NINTHS, find_places


@pytest.mark.parametrize("place", range(9))
@pytest.mark.parametrize("size", [(3, 3), (7, 7), (28, 28), (4, 5)])
def test_a_value_lies_in_the_ninth_of_its_centre(place: int, size: tuple[int, int]) -> None:
    down, across = divmod(place, 3)
    values = torch.zeros(size)
    row = min(range(size[0]), key=lambda y: abs((y + 0.5) / size[0] - (down + 0.5) / 3))
    column = min(range(size[1]), key=lambda x: abs((x + 0.5) / size[1] - (across + 0.5) / 3))
    values[row, column] = -2
    found = find_places(values)
    assert found is not None
    assert found.negative.names == (NINTHS[place],)
    assert (found.negative.part, found.negative.share, found.positive.part) == (1, 1, 0)
    assert found.positive.slight
    assert not found.negative.slight


def test_as_many_places_are_named_as_hold_half_of_a_sign_and_the_fullest_comes_first() -> None:
    values = torch.tensor([[1.0, 4, -5], [3, 0, -5], [2, 0, 0]])
    found = find_places(values)
    assert found is not None
    assert (found.positive.names, found.positive.share, found.positive.part) == (("top", "left"), 0.7, 0.5)
    assert (found.negative.names, found.negative.share) == (("top_right",), 0.5)


def test_what_three_ninths_do_not_hold_half_of_is_spread_over_the_image() -> None:
    found = find_places(torch.ones(9, 9))
    assert found is not None
    assert found.positive.names == ()


@pytest.mark.parametrize("values", [torch.zeros(28, 28), torch.ones(2, 28), torch.ones(1, 1)])
def test_zeros_and_a_map_of_too_few_cells_have_no_places(values: torch.Tensor) -> None:
    assert find_places(values) is None


def test_what_is_no_finite_number_counts_as_zero() -> None:
    values = torch.zeros(3, 3)
    values[0, 0], values[1, 1], values[2, 2] = float("nan"), float("inf"), 1
    found = find_places(values)
    assert found is not None
    assert found.positive.names == ("bottom_right",)
