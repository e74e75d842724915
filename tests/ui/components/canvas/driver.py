"""The demo page as the tests speak of it."""

import json
from typing import Any

IDLE = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
FOLLOW = """address => {
    document.activeElement?.blur();
    document.querySelector('[data-testid=stMain]').scrollTo(0, 0);
    performance.clearMeasures();
    history.pushState({}, '', address);
    dispatchEvent(new PopStateEvent('popstate')); }"""


class CanvasPage:
    """One tab with the demo page, its websocket frames counted."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.sent: list[int] = []
        self.received: list[int] = []
        self.errors: list[str] = []
        page.on("websocket", self._listen)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: self.errors.append(message.text) if "BidiComponent" in message.text else None,
        )

    def _listen(self, socket: Any) -> None:
        socket.on("framesent", lambda data: self.sent.append(len(data)))
        socket.on("framereceived", lambda data: self.received.append(len(data)))

    def go(self, url: str, scene: str) -> None:
        """Load the page at `url`."""
        self.page.goto(url)
        self.page.get_by_role("radiogroup", name="Seed").wait_for()
        self._drawn(scene)

    def visit(self, number: int, address: str, scene: str) -> None:
        """Follow a link of the loaded page to its visit `number`; nothing stays of what was counted before."""
        self.page.mouse.move(0, 0)
        self.page.evaluate(FOLLOW, address)
        self.page.get_by_text(f"visit {number}", exact=True).wait_for()
        for counted in (self.sent, self.received, self.errors):
            counted.clear()
        self._drawn(scene)

    def _drawn(self, scene: str) -> None:
        self.settle()
        if scene not in ("picture", "nothing"):
            self.page.locator(".cnnviz-canvas[data-state]").wait_for()

    def settle(self) -> None:
        """Wait until the script has run and the browser has drawn."""
        self.page.wait_for_timeout(150)
        self.page.locator(IDLE).wait_for()
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    @property
    def state(self) -> dict[str, Any]:
        return json.loads(self.page.locator(".cnnviz-canvas").get_attribute("data-state"))

    def panel(self, index: int = 0) -> dict[str, Any]:
        return self.state["panels"][index]

    def wait_state(self, test: str) -> dict[str, Any]:
        """Wait until the JavaScript expression `test` on `state` holds."""
        self.page.locator(".cnnviz-canvas").first.wait_for()
        self.page.wait_for_function(
            """test => {
                for (const host of document.querySelectorAll('[data-testid=stBidiComponentIsolated]')) {
                const root = host.shadowRoot?.querySelector('.cnnviz-canvas');
                const state = root?.dataset.state;
                if (state) return new Function('state', 'return ' + test)(JSON.parse(state)); } }""",
            arg=test,
            timeout=10000,
        )
        return self.state

    @property
    def stage(self) -> Any:
        return self.page.locator(".panel:not(.panel-image) .stage").first

    @property
    def image(self) -> Any:
        return self.page.locator(".panel-image .stage").first

    def point(self, at: Any, left: float, top: float) -> None:
        """Moves the mouse to a place in `at`, at once: Playwright's own `hover` first waits for the page to rest."""
        box = at.bounding_box()
        self.page.mouse.move(box["x"] + left, box["y"] + top)

    def text(self, part: str) -> str:
        return self.page.locator(f".{part}").first.inner_text()

    def pick(self, group: str, choice: object) -> None:
        """Choose an entry of one of the demo's radio groups."""
        self.page.get_by_role("radiogroup", name=group).get_by_text(str(choice), exact=True).click()
        self.settle()

    def mode(self, name: str) -> None:
        self.page.locator(f".segment[data-mode={name}]").click()
        self.settle()
