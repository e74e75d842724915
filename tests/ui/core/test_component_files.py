"""Files of the browser's components: served for good under a digest, imported by a few lines, fetched ahead."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from streamlit import config
from streamlit.testing.v1 import AppTest

from cnnviz.ui.core import component_files
from cnnviz.ui.core.component_files import DIGEST, FILES, component, routes
from tests import asgi
from tests.pages.opening import open_page

LOADER = Path(component_files.__file__).with_name("component_loader.js").read_text(encoding="utf-8")
MODULE = """export default ({ data, parentElement }) => {
  window.log.push([data, parentElement.adoptedStyleSheets.length]);
  return () => window.log.push("gone"); }"""
PLAY = """async ([loader, script, style]) => {
    const address = (text, type) => URL.createObjectURL(new Blob([text], { type }));
    const [js, css] = [address(script, "text/javascript"), address(style, "text/css")];
    const constants = `const FILES = "", SCRIPT = "${js}", STYLES = ["${css}"];`;
    window.log = [];
    const host = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
    const draw = (await import(address(constants + loader, "text/javascript"))).default;
    const early = [draw({ data: 1, parentElement: host }), draw({ data: 2, parentElement: host })];
    const ends = await Promise.all(early);
    draw({ data: 3, parentElement: host });
    return [window.log, ends.map((end) => typeof end)]; }"""
FROM_CACHE = "url => performance.getEntriesByName(url).every(entry => entry.transferSize === 0)"
IMPORT = re.compile(r"""(?:^import|^export)\b[^;]*?\bfrom "([^"]+)";|^import "([^"]+)";""", re.MULTILINE)


def _get(path: str) -> tuple[int, dict[str, str], bytes]:
    return asgi.get(Starlette(routes=routes()), path)


@pytest.mark.parametrize("path", FILES)
def test_every_file_is_served_for_good_with_the_type_that_a_browser_demands(path: str) -> None:
    status, headers, body = _get(f"/component-files/{DIGEST}/{path}")
    assert status == 200
    assert body == FILES[path]
    assert headers["content-type"].split(";")[0] == ("text/css" if path.endswith("css") else "text/javascript")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", [f"{'0' * 32}/core/scroll_to.js", f"{DIGEST}/core/shell.py", f"{DIGEST}/../../app.py"])
def test_other_releases_and_other_files_are_not_served_and_not_kept(path: str) -> None:
    status, headers, _ = _get(f"/component-files/{path}")
    assert status == 404
    assert headers["cache-control"] == "no-store"


def test_files_lie_below_the_path_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    option = config.get_option
    monkeypatch.setattr(config, "get_option", lambda key: "/base/" if key == "server.baseUrlPath" else option(key))
    monkeypatch.setattr(component_files.st, "get_option", config.get_option)
    assert _get(f"/base/component-files/{DIGEST}/core/scroll_to.js")[0] == 200


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith(".js")])
def test_a_module_imports_only_files_that_are_served(path: str) -> None:
    for found in IMPORT.findall(FILES[path].decode()):
        target = Path("/ui", path).parent / (found[0] or found[1])
        assert target.resolve().relative_to("/ui").as_posix() in FILES


def test_a_component_of_a_file_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("core/none.js")):
        component("cnnviz_none", "core/none.js")


@pytest.mark.browser
def test_a_component_that_is_drawn_before_its_module_is_here_draws_its_latest_data_when_it_comes(chromium: Any) -> None:
    page = chromium.new_page()
    try:
        log, ends = page.evaluate(PLAY, [LOADER, MODULE, "p { color: red }"])
    finally:
        page.close()
    assert log == [[2, 1], [3, 1]]  # once, with one style sheet; what was overtaken neither draws nor cleans up
    assert ends == ["object", "function"]


@pytest.mark.browser
def test_the_walkthrough_fetches_each_file_once_and_none_with_a_step(tab: Any, serve: Any, settled: Any) -> None:
    frames: list[bytes] = []
    fetched: list[str] = []
    page = tab()
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: frames.append(data)))
    page.on("requestfinished", lambda request: fetched.append(request.url.partition("component-files/")[2]))
    page.goto(serve() + "/walkthrough")
    page.locator(".cnnviz-canvas[data-state]").wait_for(timeout=60_000)
    settled(page)
    ours = [path.partition("/")[2] for path in fetched if path]
    assert {"components/canvas/js/main.js", "components/canvas/canvas.css", "components/shared/dom.js"} <= set(ours)
    assert sorted(ours) == sorted(set(ours))
    assert not any(b"class Canvas " in frame for frame in frames)
    before = page.locator(".panel-title").last.inner_text()
    fetched.clear()
    page.get_by_role("button", name="Next").click()
    page.get_by_text(before).wait_for(state="detached")
    settled(page)
    assert not any(fetched)


@pytest.mark.browser
def test_components_work_below_a_path_and_with_a_browser_that_has_their_files_from_the_visit_before(
    tab: Any, serve: Any
) -> None:
    page = tab()
    base = serve("app.py", STREAMLIT_SERVER_BASE_URL_PATH="course") + "/"
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer) if "/component-files/" in answer.url else None)
    for _ in range(2):
        page.goto(base)
        page.locator(".cnnviz-pad .sheet").wait_for()
    assert all(f"/course/component-files/{DIGEST}/" in answer.url for answer in answers)
    again = [answer for answer in answers if answer.url.endswith("components/pad/js/main.js")]
    assert [answer.status for answer in again] == [200, 200]
    assert page.evaluate(FROM_CACHE, again[0].url)


def _components(app: AppTest) -> dict[str, Any]:
    return {element.proto.component_name: element.proto for element in app.get("bidi_component")}


@pytest.mark.parametrize(
    ("page", "name", "folder"),
    [
        ("operations", "cnnviz_board", "pages/operations/js/"),
        ("saliency", "cnnviz_overlays", "components/overlays/js/"),
    ],
)
def test_a_page_that_computes_first_names_the_files_of_what_it_draws(page: str, name: str, folder: str) -> None:
    drawn = _components(open_page(page))
    ahead = json.loads(drawn["cnnviz_preload"].json)
    assert set(ahead) <= FILES.keys()
    assert [path for path in FILES if path.startswith((folder, "components/shared/")) and path not in ahead] == []
    assert len(drawn[name].js_content) < 1250
    assert drawn[name].css_content == ""


def test_the_code_of_all_components_is_small() -> None:
    assert len(gzip.compress(b"".join(FILES.values()))) < 102_000
