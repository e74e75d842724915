"""The menu has three groups, whose pages are beside each other."""

from itertools import groupby

from cnnviz.text import LANGUAGES, load
from cnnviz.ui.menu import HOME, LEARN, PAGES, TRAIN, WHY


def test_every_page_but_the_first_is_in_one_of_three_groups() -> None:
    assert next(iter(PAGES.values())) is HOME
    assert [group for group, _ in groupby(entry.group for entry in PAGES.values())] == ["", LEARN, TRAIN, WHY]


def test_each_group_has_a_name_of_its_own_in_every_language() -> None:
    for language in LANGUAGES:
        t = load("shell", language)
        assert len({t(f"group.{group}") for group in (LEARN, TRAIN, WHY)}) == 3
