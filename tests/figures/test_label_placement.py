"""Names of points stand beside them and over nothing."""

import itertools

import pytest

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.figures.accuracy_chart import MEASURES, NARROW, pixel_positions, point_labels
from cnnviz.figures.label_placement import label_box, label_sides, overlap_area
from cnnviz.text import load
from cnnviz.ui.pages.results import published_figures
from cnnviz.ui.pages.results.result_row import row_of_card
from cnnviz.ui.pages.results.table import point


def test_a_lone_name_stands_above_its_point_and_one_at_the_right_edge_beside_it() -> None:
    assert label_sides([(100, 100)], ["LeNet"], 200, 200) == ["top center"]
    assert label_sides([(195, 100)], ["LeNet"], 200, 200) == ["middle left"]


def test_a_name_without_room_is_left_out_and_a_point_without_one_has_no_side() -> None:
    crowd = [(100.0, 100.0)] * 9
    found = label_sides(crowd, ["VGG"] * 9, 400, 400)
    assert 2 <= sum(map(bool, found)) <= 8
    assert label_sides(crowd[:2], ["VGG", ""], 400, 400)[1] == ""


def test_a_name_that_is_longer_than_the_plot_is_left_out() -> None:
    long, short = label_sides([(100, 100), (50, 50)], ["a run with a very long name of its own", "LeNet"], 150, 200)
    assert not long
    assert short


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("others", [False, True])
def test_no_name_of_the_results_lies_over_another(measure: str, others: bool) -> None:
    for dataset in {card.dataset for card in CHECKPOINTS.values()}:
        cards = [card for card in CHECKPOINTS.values() if card.dataset == dataset]
        points = [point(row_of_card(card), load("pages/results")) for card in cards]
        points += published_figures.points() if others else []
        places, texts = pixel_positions(points, measure), point_labels(points)
        found = label_sides(places, texts, *NARROW)
        assert others or [bool(side) for side in found] == [bool(text) for text in texts]  # ours are all named
        boxes = [label_box(place, text, side) for place, text, side in zip(places, texts, found, strict=True) if side]
        assert all(overlap_area(one, other) == 0 for one, other in itertools.combinations(boxes, 2))
