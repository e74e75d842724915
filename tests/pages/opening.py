"""A page of the app in a reader's session, as the tests of several pages open it."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from cnnviz.ui.core.menu import PAGES

ROOT = Path(__file__).parents[2]


def open_link(name: str, **query: str) -> AppTest:
    """The page `name` as a link with `query` opens it; nothing on it went wrong."""
    app = _at(name)
    for key, value in query.items():
        app.query_params[key] = value
    return rerun(app)


def rerun(app: AppTest) -> AppTest:
    """The page after one more run; nothing on it went wrong."""
    app.run()
    assert not app.exception
    assert not app.error, [error.value for error in app.error]
    return app


def open_page(name: str, **state: object) -> AppTest:
    """The page `name` with `state` in its session; nothing on it went wrong."""
    app = _at(name)
    for key, value in state.items():
        app.session_state[key] = value
    return rerun(app)


def _at(name: str) -> AppTest:
    app = AppTest.from_file(ROOT / "cnnviz" / "ui" / "core" / "main.py", default_timeout=120).run()
    return app.switch_page(str(ROOT / PAGES[name].script))
