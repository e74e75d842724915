import pytest

from cnnviz.errors import UserError
from cnnviz.options import Choice, Need, Option, Real, Whole, changed, resolve, unmet
from cnnviz.text import LANGUAGES

SCHEMA = (
    Option("form", Choice(("small", "paper")), "small"),
    Option("depth", Choice((18, 34, 50)), 18, (Need("form", ("paper",), (50,)),)),
    Option("dropout", Real(0, 0.9), 0.0, (Need("form", ("paper",)),)),
    Option("kernel", Whole(1, 11), 5),
)


def test_a_schema_gives_every_option_its_value_in_order() -> None:
    assert resolve(SCHEMA, {"kernel": "3", "form": "paper"}) == {
        "form": "paper",
        "depth": 18,
        "dropout": 0.0,
        "kernel": 3,
    }
    assert list(resolve(SCHEMA)) == ["form", "depth", "dropout", "kernel"]


def test_what_differs_from_the_defaults_is_what_was_changed() -> None:
    assert changed(SCHEMA, resolve(SCHEMA, {"kernel": 5, "depth": "34"})) == {"depth": 34}


@pytest.mark.parametrize(
    ("given", "key", "parts"),
    [
        ({"kernl": 3}, "option_unknown", ("LeNet: kernl", "form", "kernel")),
        ({"kernel": 0}, "option_whole", ("LeNet: kernel", "1", "11")),
        ({"depth": 50}, "option_conflict", ("depth=50", "form=small", "form=paper")),
        ({"dropout": 0.5}, "option_conflict", ("dropout=0.5", "form=small", "form=paper")),
    ],
)
def test_what_cannot_be_is_told_in_every_language_with_its_owner(given, key, parts) -> None:
    with pytest.raises(UserError) as caught:
        resolve(SCHEMA, given, "LeNet")
    assert caught.value.key == key
    for language in LANGUAGES:
        assert all(part in caught.value.describe(language) for part in parts)


def test_a_need_concerns_some_values_or_all_but_the_default() -> None:
    values = resolve(SCHEMA)
    depth, dropout = SCHEMA[1], SCHEMA[2]
    assert unmet(depth, {**values, "depth": 34}) is None
    assert unmet(depth, {**values, "depth": 50}) == depth.needs[0]
    assert unmet(dropout, {**values, "dropout": 0.1, "form": "paper"}) is None
    assert unmet(dropout, {**values, "dropout": 0.1}) == dropout.needs[0]
