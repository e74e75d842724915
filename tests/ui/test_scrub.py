"""Where the slider of the training page leads."""

import pytest

from cnnviz.ui.studio.scrub import nearest


@pytest.mark.parametrize(("asked", "step"), [(0, 0), (1, 0), (4, 4), (7, 4), (8, 8), (500, 8)])
def test_the_slider_leads_to_the_last_saved_step_before_it(asked: int, step: int) -> None:
    assert nearest((0, 4, 8), asked) == step


def test_before_the_first_saved_step_it_leads_there() -> None:
    assert nearest((40, 80), 10) == 40
