"""The first page teaches untouched, and without torch."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.errors import Refusal
from cnnviz.facts import facts
from cnnviz.text import LANGUAGES, load
from cnnviz.ui import warm_up
from cnnviz.ui.menu import PAGES
from cnnviz.ui.plain import plain

ROOT = Path(__file__).parents[2]
APP = ROOT / "cnnviz" / "ui" / "main.py"

WITHOUT_TORCH = """
import sys
from streamlit.testing.v1 import AppTest
import cnnviz.ui.warm_up as warm_up
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
            raise Refusal("weights_gone")  # so that nothing after the wait is drawn

    monkeypatch.setattr(warm_up, "begin", Loading)
    app = AppTest.from_file(APP, default_timeout=30).run().switch_page(str(ROOT / PAGES[name].script)).run()
    t = load(f"pages/{name}")
    assert [title.value for title in app.title] == [t("title")]
    assert "lead" not in t or t("lead") in [line.value for line in app.markdown]
    assert [error.value for error in app.error] == [plain(Refusal("weights_gone").say("en"))]


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
    years = [int(heading.value.split(" ")[0]) for heading in app.subheader]
    assert len(years) == 8
    assert years == sorted(years)


def test_every_picture_has_words_for_those_who_do_not_see_it() -> None:
    from cnnviz.ui.home import trace_figures

    figures = trace_figures(facts(), load("pages/home", "en"))
    assert len(figures) == 1 + len(facts().steps)
    assert all(re.match(r"!\[[^\]]{20,}\]\(data:image/png;base64,", figure) for figure in figures)


def test_the_trace_is_markdown_which_waits_for_no_part_of_streamlits_script() -> None:
    app = AppTest.from_file(APP, default_timeout=30).run()
    shown = [element.value for element in app.markdown if element.value.startswith("![")]
    assert len(shown) == 1 + len(facts().steps)
    assert not any(element.allow_html for element in app.markdown)
