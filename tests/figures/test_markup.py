"""Names of users in figures: shown letter by letter, where Plotly reads HTML and templates."""

from collections.abc import Iterator
from typing import Any

from cnnviz.attribution.trust.deletion_insertion import DeletionInsertion, Faithfulness, ScoreCurve
from cnnviz.figures.accuracy_chart import MEASURES, NetworkPoint, accuracy_chart
from cnnviz.figures.curves import RunCurves, learning_curves
from cnnviz.figures.markup import escape_markup
from cnnviz.figures.probabilities import probability_bars
from cnnviz.figures.trust_curves import faithfulness_curves, randomisation_curves
from cnnviz.text import load

NAME = '<a href="https://evil.example">log in</a><b>%{y}</b> &lt;i&gt; %{fullData.name}\ud800\u202e'


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


def figures() -> Iterator[Any]:
    studio, results, mistakes, saliency = (
        load(f"pages/{page}") for page in ("studio", "results", "mistakes", "saliency")
    )
    run = RunCurves(NAME, (0.5, 1), (2.0, 1.0), (0.1, 0.5), (1,), (1.5,), (0.4,))
    yield learning_curves([run], "loss", studio)
    points = [NetworkPoint(NAME, NAME, 10**place, 10**place, 0.5, place == 3) for place in (2, 3)]
    for measure in MEASURES:
        yield accuracy_chart(points, measure, results)
    yield probability_bars([NAME, "b"], [0.25, 0.75], {0}, {1}, mistakes)
    curve = ScoreCurve((1.0, 0.5))
    found = Faithfulness((0.0, 1.0), DeletionInsertion(curve, curve), {})
    yield faithfulness_curves([(NAME, found)], {}, saliency)
    yield randomisation_curves(["", "fc1"], [(NAME, [1.0, 0.2])], 1, 0.5, saliency)


def test_no_name_is_read_as_markup_or_template_and_every_figure_has_it_letter_by_letter() -> None:
    for figure in figures():
        said = list(strings(figure.to_dict()))
        assert any(escape_markup(NAME) in text for text in said)
        for text in said:
            for live in ("<a", "<b>", "%{fullData.name}", "</b>", "&lt;i&gt; ", "\ud800", "\u202e"):
                assert live not in text


def test_text_without_markup_stays_as_it_is() -> None:
    assert escape_markup("LeNet 猫 50 % {a}") == "LeNet 猫 50 % {a}"
