"""A fragment that the browser asks for as of a page that the user has just left."""

import pytest
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from cnnviz.ui.core import fragment_guard

SCRIPT = "tests/ui/core/two_pages.py"
LINK = "[data-testid=stPageLink] a"
BOTH = f"""() => {{
    document.querySelector('{LINK}').click();
    document.querySelector('[data-testid=stPopover] button').click(); }}"""
"""A click on the link and, as soon, the closing of the popover."""


def requests(*asked: RerunData) -> ScriptRequests:
    made = ScriptRequests()
    for each in asked:
        assert made.request_rerun(each)
    return made


def page_of(made: ScriptRequests) -> str:
    return made.on_scriptrunner_ready().rerun_data.page_script_hash


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in ((fragment_guard.ScriptRunner, "_run_script"), (ScriptRequests, "_request_rerun_locked")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back afterwards
    fragment_guard.install()


LEFT = [RerunData(page_script_hash="new"), RerunData(page_script_hash="old", fragment_id="part")]


def test_streamlit_alone_loses_the_page_that_waits_to_a_fragment_of_the_one_before(monkeypatch) -> None:
    monkeypatch.setattr(ScriptRequests, "_request_rerun_locked", fragment_guard._request)
    assert page_of(requests(*LEFT)) == "old"


@pytest.mark.usefixtures("guarded")
def test_a_page_that_waits_is_kept() -> None:
    assert page_of(requests(*LEFT)) == "new"


@pytest.mark.usefixtures("guarded")
def test_requests_of_one_page_meet_as_before() -> None:
    made = requests(RerunData(page_script_hash="new"), RerunData(page_script_hash="new", fragment_id="part"))
    assert page_of(made) == "new"
    made = requests(RerunData(page_script_hash="old", fragment_id="part"), RerunData(page_script_hash="new"))
    assert page_of(made) == "new"
    made = requests(*(RerunData(page_script_hash="one", fragment_id=name) for name in "ab"))
    assert made.on_scriptrunner_ready().rerun_data.fragment_id_queue == ["a", "b"]


@pytest.mark.browser
@pytest.mark.parametrize("settings", [{}, {"CNNVIZ_GUARDED": "1"}], ids=["Streamlit alone", "guarded"])
def test_a_popover_that_closes_with_the_click_on_a_link_leaves_the_page_empty_unless_guarded(
    tab, serve, settled, settings
) -> None:
    page = tab()
    page.goto(serve(SCRIPT, **settings))
    page.get_by_role("button", name="choices").click()
    page.get_by_text("a choice").wait_for()
    settled(page)
    page.evaluate(BOTH)
    page.wait_for_timeout(1000)
    settled(page)
    if settings:
        page.get_by_text("all of the second").wait_for()
    else:
        assert page.get_by_text("all of the second").count() == 0
