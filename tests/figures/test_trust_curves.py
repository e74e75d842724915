"""The curves of trust show the numbers they are given, with the controls apart."""

from cnnviz.attribution.trust.deletion_insertion import DeletionInsertion, Faithfulness, ScoreCurve
from cnnviz.figures.trust_curves import (
    faithfulness_curves,
    faithfulness_summary,
    randomisation_curves,
    randomisation_summary,
)
from cnnviz.text import load

T = load("pages/saliency")
FRACTIONS = (0.0, 0.5, 1.0)
FOUND = Faithfulness(
    FRACTIONS,
    DeletionInsertion(ScoreCurve((1.0, 0.25, 0.0)), ScoreCurve((0.0, 0.75, 1.0))),
    {"random": DeletionInsertion(ScoreCurve((1.0, 0.5, 0.0)), ScoreCurve((0.0, 0.5, 1.0)))},
)


def test_every_map_and_every_control_has_a_line_in_both_halves() -> None:
    figure = faithfulness_curves([("A", FOUND), ("A", FOUND)], {"random": "noise"}, T)
    lines = [(line.name, line.xaxis, tuple(line.y)) for line in figure.data]
    assert lines[0] == ("noise", "x", (1.0, 0.5, 0.0))
    assert lines.count(("A", "x2", (0.0, 0.75, 1.0))) == 2  # also where two maps have one title
    assert len(lines) == 6
    assert "deletion 0.375" in faithfulness_summary([("A", FOUND)], T)


def test_the_correlations_stand_at_their_stages() -> None:
    figure = randomisation_curves(("", "fc3", "fc2"), [("A", (1.0, 0.5, 0.1))], 1, 0.5, T)
    assert list(figure.data[0].x) == [T("chart.trained"), "fc3", "fc2"]
    assert list(figure.data[0].y) == [1.0, 0.5, 0.1]
    assert "0.50" in randomisation_summary(("", "fc3", "fc2"), [("A", (1.0, 0.5, 0.1))], T)
