"""Inside every page package the same names mean the same."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from cnnviz.ui.core.menu import PAGES
from cnnviz.ui.core.url import Param

ROOT = Path(__file__).parents[3] / "cnnviz" / "ui" / "pages"
LEADS_AWAY = re.compile(r"\bshell\.(page_link|page_button|go_to)\(")


@pytest.mark.parametrize("name", PAGES)
def test_a_package_has_the_parts_of_its_page_and_the_parameters_of_its_links(name: str) -> None:
    assert any(one.startswith("draw") for one in dir(import_module(f"cnnviz.ui.pages.{name}.page")))
    params = import_module(f"cnnviz.ui.pages.{name}.links").PARAMS
    assert all(isinstance(param, Param) for param in params)


def test_every_package_is_a_page() -> None:
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == set(PAGES)


def test_links_with_the_state_of_a_page_stand_in_one_module() -> None:
    found = {path for path in ROOT.rglob("*.py") if LEADS_AWAY.search(path.read_text(encoding="utf-8"))}
    found.remove(ROOT / "home" / "page.py")  # the book's index and the families: the page is made of links
    assert {path.name for path in found} == {"page_links.py"}
    for path in found:
        assert hasattr(import_module(f"cnnviz.ui.pages.{path.parent.name}.page_links"), "draw_page_links")
