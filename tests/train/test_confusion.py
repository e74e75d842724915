"""The most confused classes, counted by hand."""

from cnnviz.train.confusion import ConfusedPair, most_confused_pairs


def test_the_largest_count_beside_the_diagonal_is_found_with_its_row() -> None:
    assert most_confused_pairs([[9, 1, 0], [3, 5, 2], [0, 0, 10]]) == [ConfusedPair(1, 0, 3, 10)]


def test_ties_are_all_there_in_the_order_of_reading() -> None:
    found = most_confused_pairs([[9, 2, 0], [0, 5, 2], [2, 0, 10]])
    assert [(one.true, one.predicted) for one in found] == [(0, 1), (1, 2), (2, 0)]


def test_where_every_image_is_right_nothing_is_confused() -> None:
    assert most_confused_pairs([[3, 0], [0, 4]]) == []
