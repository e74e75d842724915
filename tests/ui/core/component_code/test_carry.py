"""Code that travels ahead of its component: once, in any order, and not at all where a page carries none."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.components.canvas import canvas_component
from cnnviz.ui.core import component_code
from tests.pages.opening import open_page

FOLDER = Path(component_code.__file__).parent
SCRIPT = """export default ({ data, parentElement }) => {
  window.log.push([data, parentElement.adoptedStyleSheets.length]);
  return () => window.log.push("gone"); }"""
PLAY = """async ([carrier, light, data]) => {
    const address = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const load = async (text) => (await import(address(text))).default;
    window.log = [];
    const host = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
    const [send, draw] = [await load(carrier), await load(light)];
    const early = [draw({ data: 1, parentElement: host }), draw({ data: 2, parentElement: host })];
    const code = { data: new TextEncoder().encode(data) };
    await Promise.all([send(code), send(code)]);
    const ends = await Promise.all(early);
    draw({ data: 3, parentElement: host });
    return [window.log, ends.map((end) => typeof end)]; }"""


@pytest.mark.browser
def test_a_component_that_comes_before_its_code_draws_its_latest_data_when_the_code_is_here(chromium: Any) -> None:
    given = component_code.component("cnnviz_test", js=SCRIPT, css="p { color: red }")
    read = {name: (FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in ("store", "carrier", "light")}
    page = chromium.new_page()
    try:
        log, ends = page.evaluate(
            PLAY,
            [
                read["store"] + read["carrier"],
                read["store"] + read["light"].replace("DIGEST", given.digest),
                given.blob.decode(),
            ],
        )
    finally:
        page.close()
    assert log == [[2, 1], [3, 1]]  # once, with one style sheet; what was overtaken neither draws nor cleans up
    assert ends == ["object", "function"]


@pytest.mark.browser
def test_the_walkthrough_brings_each_code_once_and_none_with_a_step(tab: Any, serve: Any, settled: Any) -> None:
    frames: list[bytes] = []
    page = tab()
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: frames.append(data)))
    page.goto(serve() + "/walkthrough")
    page.locator(".cnnviz-canvas[data-state]").wait_for(timeout=60_000)
    settled(page)
    for name in (b"class Canvas ", b"class Microscope "):
        assert sum(frame.count(name) for frame in frames) == 1
    before = page.locator(".panel-title").last.inner_text()
    frames.clear()
    page.get_by_role("button", name="Next").click()
    page.get_by_text(before).wait_for(state="detached")
    settled(page)
    assert sum(map(len, frames)) > 1000
    assert not any(b"class Canvas " in frame or b"class Microscope " in frame for frame in frames)


def _components(app: AppTest) -> dict[str, Any]:
    found = {}
    for element in app.get("bidi_component"):
        found[element.proto.component_name] = element.proto
    return found


def test_a_page_that_carries_draws_with_a_few_lines_and_another_with_the_whole_code() -> None:
    def script() -> None:
        import numpy as np
        import streamlit as st

        from cnnviz.text import load
        from cnnviz.ui.components.canvas import MapsPanel, canvas, canvas_component
        from cnnviz.ui.core.component_code import carry, forget

        forget()
        if st.checkbox("ahead"):
            carry(canvas_component)
        canvas([MapsPanel("maps", np.zeros((1, 2, 2)))], key="canvas", t=load("canvas", "en"))

    app = AppTest.from_function(script).run()
    whole = _components(app)["cnnviz_canvas"]
    app.checkbox[0].check().run()
    drawn = _components(app)
    light = drawn["cnnviz_canvas_light"]
    assert light.id == whole.id  # the reader's state stays
    assert len(light.js_content) + len(light.css_content) < 3000 < len(whole.js_content)
    sent = drawn["cnnviz_code"].bytes
    assert sent[:32].decode() == canvas_component.digest
    assert canvas_component.digest in light.js_content
    assert json.loads(sent[32:])["script"] == whole.js_content
    app.checkbox[0].uncheck().run()
    assert "cnnviz_canvas" in _components(app)


@pytest.mark.parametrize(("page", "name"), [("operations", "cnnviz_board"), ("saliency", "cnnviz_overlays")])
def test_a_page_that_is_drawn_again_and_again_carries_what_it_draws(page: str, name: str) -> None:
    drawn = _components(open_page(page))
    assert f"{name}_light" in drawn
    assert name not in drawn
