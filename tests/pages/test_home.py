"""The first page teaches untouched, and without torch."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.data.pen_drawing import EXAMPLE_DIGITS
from cnnviz.errors import UserError
from cnnviz.facts import load_facts
from cnnviz.text import LANGUAGES, load
from cnnviz.ui.core import warm_up
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.core.menu import PAGES
from cnnviz.ui.pages.home.book_index import SECTIONS, Section
from cnnviz.ui.pages.home.page import _answer, _layer
from cnnviz.ui.pages.operations.table import TABS

ROOT = Path(__file__).parents[2]
APP = ROOT / "cnnviz" / "ui" / "core" / "main.py"

WITHOUT_TORCH = """
import sys
from streamlit.testing.v1 import AppTest
import cnnviz.ui.core.warm_up as warm_up
warm_up.begin = lambda: None
app = AppTest.from_file(sys.argv[1]).run(timeout=30)
assert not app.exception, app.exception
assert app.title[0].value
print(sorted(set(sys.modules) & {"torch", "torchvision", "captum", "sklearn"}))
"""


def test_the_first_page_imports_nothing_heavy() -> None:
    command = [sys.executable, "-c", WITHOUT_TORCH, str(APP)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", ["results", "walkthrough"])
def test_a_server_s_first_reader_has_a_page_s_first_words_while_pytorch_is_loading(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Loading:
        def is_alive(self) -> bool:
            return True

        def join(self) -> None:
            raise UserError("weights_gone")  # so that nothing after the wait is drawn

    monkeypatch.setattr(warm_up, "begin", Loading)
    app = AppTest.from_file(APP, default_timeout=30).run().switch_page(str(ROOT / PAGES[name].script)).run()
    t = load(f"pages/{name}")
    assert [title.value for title in app.title] == [t("title")]
    assert "lead" not in t or t("lead") in [line.value for line in app.markdown]
    assert [error.value for error in app.error] == [escape_markdown(UserError("weights_gone").describe("en"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_speaks_the_readers_language(language: str) -> None:
    app = AppTest.from_file(APP, default_timeout=30)
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    assert app.title[0].value == load("pages/home", language)("title")


@pytest.mark.parametrize("query", [{"page": "nowhere"}, {"lang": "<b>"}, {"projector": "7"}])
def test_a_wrong_link_falls_back_with_a_note(query: dict[str, str]) -> None:
    app = AppTest.from_file(APP, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert next(iter(query)) in app.warning[0].value


def test_the_families_stand_in_order_of_their_years() -> None:
    app = AppTest.from_file(APP, default_timeout=30).run()
    heads = [re.fullmatch(r"#### (\d{4}) · .+", element.value) for element in app.markdown]
    years = [int(head[1]) for head in heads if head]
    assert len(years) == 8
    assert years == sorted(years)


def test_every_picture_has_words_for_those_who_do_not_see_it() -> None:
    said = [_layer(layer, load("pages/home", "en")).alt for layer in load_facts().layers]
    assert said[0] == "conv1: 6 feature maps, 28×28, receptive field 5×5. Open it in the walkthrough"
    assert said[4] == "fc1: 120 values, receptive field: whole image. Open it in the walkthrough"
    assert len(set(said)) == 7


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.english)
def test_every_section_of_the_book_leads_to_what_it_is_about(section: Section) -> None:
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in section.query.items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / PAGES[section.page].script)).run()
    assert not app.exception
    assert not app.warning
    if section.page == "operations":
        assert section.about in TABS
    else:
        assert section.about in [network.name for network in load_facts().networks]


def test_the_sections_are_in_the_order_of_every_edition() -> None:
    for edition in ("english", "second", "first"):
        numbers = [tuple(map(int, getattr(section, edition).split("."))) for section in SECTIONS]
        assert numbers == sorted(set(numbers))


def test_a_drawing_in_the_link_is_read_when_the_page_opens() -> None:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["strokes"] = EXAMPLE_DIGITS[7].format()
    app.run()
    assert not app.exception
    assert app.session_state["strokes"] == EXAMPLE_DIGITS[7].format()
    values, answer = _answer(EXAMPLE_DIGITS[7].format(), load("pages/home", "en"))
    assert answer is not None
    assert answer.headline.startswith("Prediction: 7 (")
    assert sum(answer.shares) == pytest.approx(1)
    assert len(values) == len(load_facts().recorded.values)


def test_a_link_to_no_drawing_is_told() -> None:
    app = AppTest.from_file(APP, default_timeout=30)
    app.query_params["strokes"] = "0"
    app.run()
    assert not app.exception
    assert "strokes" in app.warning[0].value
