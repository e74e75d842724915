"""The page of help: terms are found in any language, and the citation names this release."""

from tomllib import loads

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.text import LANGUAGES, load
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.help.page import ROOT, citation, terms
from tests.pages.opening import open_link, open_page


def shown(app: AppTest, language: str = "en") -> list[str]:
    names = {term.names[language] for term in terms()}
    return [
        name for element in app.markdown for name in names if element.value.startswith(f"**{escape_markdown(name)}**")
    ]


def test_every_term_is_listed_untouched() -> None:
    app = open_page("help")
    assert not app.exception
    assert len(shown(app)) == len(terms()) > 30


@pytest.mark.parametrize("wanted", ["receptive field", "感受野", "Receptive FIELD "])
def test_a_term_is_found_by_its_name_in_any_language(wanted: str) -> None:
    app = open_link("help", find=wanted)
    assert "receptive field" in shown(app)
    assert len(shown(app)) < 10


def test_what_is_looked_for_stands_in_the_link_and_no_match_is_said() -> None:
    app = open_page("help")
    app.text_input(key="find").input("xyzzy").run()
    assert app.query_params["find"] == "xyzzy"
    assert not shown(app)
    assert [note.value for note in app.info] == [load("pages/help")("terms.none")]


def test_no_two_terms_share_a_name() -> None:
    for language in LANGUAGES:
        names = [term.names[language] for term in terms()]
        assert len(set(names)) == len(names)


def test_the_citation_names_this_release() -> None:
    release = loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"version = {{{release}}}" in citation(load("pages/help"))
