"""The server's log: one line an event, and nothing of a user."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.core import admission, server_log
from cnnviz.ui.core.admission import AdmissionGate
from tests.pages.opening import open_link

SECRET = "小明 192.168.1.20"


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "cnnviz"]


def test_an_event_is_one_line_of_a_name_and_values(caplog: pytest.LogCaptureFixture) -> None:
    server_log.log_event("computed", waited=1.23456, took=20.0, runs=3)
    assert told(caplog) == ["computed page=- waited=1.23 took=20 runs=3"]


@pytest.mark.parametrize("value", [SECRET, "two\nlines", "a" * 61, "", "x=1 y=2", "?net=lenet&paint=1"])
def test_what_is_no_name_and_no_number_is_not_written(caplog: pytest.LogCaptureFixture, value: str) -> None:
    server_log.log_event("refused", key=value)
    assert told(caplog) == ["refused page=- key=?"]


def test_a_page_that_fails_is_one_line_with_kind_and_place_and_without_the_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def page(said: str) -> None:
        from cnnviz.text import load
        from cnnviz.ui.core.shell import guarded

        with guarded():
            load("shell", "en")(said)  # no such key

    app = AppTest.from_function(page, args=(SECRET,)).run()
    assert app.error
    (line,) = [line for line in told(caplog) if line.startswith("page_failed")]
    assert re.fullmatch(r"page_failed page=\S+ error=\w+ at=\w+\.py:\d+(/\w+\.py:\d+)*", line), line
    assert not any(SECRET in record.getMessage() or record.exc_info for record in caplog.records)


def test_a_refusal_is_one_line_with_its_key_and_the_page(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AssertionError):  # the page shows a sentence
        open_link("compare", set="lenet-alexnet", same="28")
    lines = [line for line in told(caplog) if line.startswith("refused")]
    assert lines
    assert all(re.fullmatch(r"refused page=compare key=\w+", line) for line in lines), lines


def test_a_heavy_computation_is_one_line_with_seconds_and_megabytes(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "heavy_gate", lambda: AdmissionGate(budget=10, places=1))
    with admission.heavy_computation(10**12, 3_000_000, "en"):
        pass
    (line,) = told(caplog)
    assert re.fullmatch(r"computed page=- waited=\S+ took=\S+ megabytes=3", line)
