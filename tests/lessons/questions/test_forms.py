"""The forms of responses."""

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import CurveForm, FillForm, LabelledValue, OrderForm, nearest
from cnnviz.lessons.questions.rounding import steady
from cnnviz.lessons.questions.sentence import Sentence, number_text

AXIS = Sentence("questions/computation", "axis.width")


def test_a_sketch_is_right_where_it_follows_the_curve() -> None:
    form = CurveForm((0.0, 0.5, 1.0), 0.0, 1.0, AXIS, AXIS, tolerance=0.1)
    square, line = (0.0, 0.25, 1.0), (0.0, 0.5, 1.0)
    assert nearest(form, (0.0, 0.3, 0.95), (line, square)) == 1
    assert nearest(form, (0.0, 0.55, 1.0), (line, square)) == 0
    assert nearest(form, (1.0, 1.0, 0.0), (line, square)) is None
    assert not form.is_legal((0.0, 0.5))
    assert not form.is_legal((0.0, 1.5, 1.0))


def test_given_cells_are_not_changed() -> None:
    form = FillForm(((1.0, None),), tolerance=0.01)
    assert form.is_legal(((1.0, 2.0),))
    assert not form.is_legal(((0.0, 2.0),))
    assert not form.is_legal(((1.0, None),))


def test_an_order_holds_each_entry_once() -> None:
    form = OrderForm((LabelledValue("a", "a"), LabelledValue("b", "b")))
    assert form.is_legal(("b", "a"))
    assert not form.is_legal(("a", "a"))


def test_draws_are_the_same_everywhere() -> None:
    """Written down once; another Python or machine must give them too."""
    draw = Draw("test", 1)
    assert [draw.below(1000) for _ in range(6)] == [823, 468, 336, 711, 109, 162]
    assert "".join(draw.shuffled("abcdef")) == "dbecaf"


def test_values_between_two_roundings_are_left_out() -> None:
    assert steady(1.2349, 2) == 1.23
    assert steady(1.23501, 2) is None
    assert str(steady(-0.0001, 2)) == "0.0"


def test_numbers_are_said_with_a_minus_sign_and_commas() -> None:
    assert [number_text(number) for number in (-1234, 0.5, -0.00001, 1e6)] == ["−1,234", "0.5", "0", "1,000,000"]
