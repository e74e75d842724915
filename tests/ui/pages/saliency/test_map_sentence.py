"""The sentence on a map, from maps whose places are plain to see."""

from dataclasses import replace

import pytest
import torch

from cnnviz.attribution import Attribution, Target
from cnnviz.text import LANGUAGES, load
from cnnviz.ui.pages.saliency.map_sentence import describe_map

NAMES = ["zero", "<one>"]
VALUES = torch.zeros(1, 9, 9)
VALUES[0, 1, 1], VALUES[0, 4, 4], VALUES[0, 7, 7] = 3, 1, -2  # top left, middle, bottom right
MAP = Attribution("integrated-gradients", VALUES, Target(0), 2.0)


def test_each_sign_has_its_clause_its_mark_and_its_places() -> None:
    assert describe_map(MAP, NAMES, load("pages/saliency")) == (
        '<span class="map-raises">+ What supports zero is mostly at the top left (75%)</span>; '
        '<span class="map-lowers">− what counts against it is mostly at the bottom right (100%)</span>.'
    )


def test_a_difference_names_both_classes_and_no_name_is_read_as_html() -> None:
    said = describe_map(replace(MAP, target=Target(0, 1)), NAMES, load("pages/saliency"))
    assert "zero rather than &lt;one&gt;" in said
    assert "<one>" not in said


def test_a_gradient_is_told_as_a_slope_and_a_unit_as_a_unit() -> None:
    t = load("pages/saliency")
    assert "Brighter pixels would raise the score of zero" in describe_map(replace(MAP, method="gradient"), NAMES, t)
    assert "raise the unit" in describe_map(replace(MAP, method="neuron-gradient"), NAMES, t)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_sign_alone_zeros_and_few_cells_have_their_own_sentences(language: str) -> None:
    t = load("pages/saliency", language)
    raises = describe_map(replace(MAP, values=VALUES.clamp_min(0)), NAMES, t)
    lowers = describe_map(replace(MAP, values=VALUES.clamp_max(0)), NAMES, t)
    assert ("map-raises" in raises, "map-lowers" in raises) == (True, False)
    assert ("map-raises" in lowers, "map-lowers" in lowers) == (False, True)
    assert describe_map(replace(MAP, values=0 * VALUES), NAMES, t) == t("sentence.zero")
    cells = replace(MAP, method="grad-cam", values=torch.ones(2, 2))
    assert describe_map(cells, NAMES, t) == t("sentence.coarse", height=2, width=2)
