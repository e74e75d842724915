"""A student's walk through a lesson in a browser: by the keyboard alone, or by touch."""

import json
from collections.abc import Callable
from typing import Any

from cnnviz.lessons.lesson import Lesson, in_language
from cnnviz.lessons.questions import Question, generate
from cnnviz.lessons.questions.sentence import number_text
from cnnviz.lessons.screen_item import item_of, item_seed, traced_item
from cnnviz.text import load

FOCUSED = """([selector, place]) => {
  let here = document.activeElement;
  while (here?.shadowRoot?.activeElement) here = here.shadowRoot.activeElement;
  if (!here || here === document.body || !here.matches(selector)) return false;
  const all = [...here.getRootNode().querySelectorAll(selector)].filter((one) => one.checkVisibility());
  return place === null || all.indexOf(here) === place;
}"""
MOST_TABS = 140


class Keyboard:
    """Everything by keys, in the order of the tabs."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def reach(self, selector: str, place: int | None = None) -> None:
        """Press Tab until the focus is on what `selector` names, the one at `place` where several do."""
        self.page.locator(selector).first.wait_for()
        for _ in range(MOST_TABS):
            if self.page.evaluate(FOCUSED, [selector, place]):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not lead to {selector}")

    def press(self, selector: str, place: int | None = None) -> None:
        self.reach(selector, place)
        self.page.keyboard.press("Enter")

    def choose(self, group: str, place: int) -> None:
        """Choose a radio button of a group of which none is chosen yet."""
        self.reach(f"{group} input[type=radio]")
        self.page.keyboard.press("Space")
        for _ in range(place):
            self.page.keyboard.press("ArrowDown")

    def write(self, selector: str, text: str, place: int | None = None) -> None:
        self.reach(selector, place)
        self.page.keyboard.type(text)

    def pick(self, cell: tuple[int, int]) -> None:
        self.reach(".cnnviz-canvas .stage")
        for axis, (more, less) in (("y", ("ArrowDown", "ArrowUp")), ("x", ("ArrowRight", "ArrowLeft"))):
            while (here := self._cursor()) is None or here[axis] != cell[axis == "x"]:
                self.page.keyboard.press(more if here is None or here[axis] < cell[axis == "x"] else less)
        self.page.keyboard.press("Enter")

    def _cursor(self) -> dict[str, int] | None:
        state = json.loads(self.page.locator("[data-state]").first.get_attribute("data-state"))
        cursor: dict[str, int] | None = state["cursor"]
        return cursor

    def sketch(self, selector: str, place: int, height: float) -> None:
        """Move a point to `height`, a share of the axis, by the arrow keys."""
        self.reach(selector, place)
        steps = round(100 * height) - 50
        for _ in range(abs(steps) // 10):
            self.page.keyboard.press("PageUp" if steps > 0 else "PageDown")
        for _ in range(abs(steps) % 10):
            self.page.keyboard.press("ArrowUp" if steps > 0 else "ArrowDown")
        if not steps:
            self.page.keyboard.press("Enter")


class Finger:
    """Everything by touch, and by the keyboard of the screen where something is written."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, selector: str, place: int | None = None) -> None:
        self.page.locator(selector).nth(place or 0).tap()

    def choose(self, group: str, place: int) -> None:
        self.page.locator(f"{group} label:has(input[type=radio])").nth(place).tap()

    def write(self, selector: str, text: str, place: int | None = None) -> None:
        self.press(selector, place)
        self.page.keyboard.type(text)

    def pick(self, cell: tuple[int, int]) -> None:
        stage = self.page.locator(".cnnviz-canvas .stage").first
        stage.tap()  # a map whose cells are small for a finger is enlarged first
        self.page.wait_for_timeout(300)
        if json.loads(self.page.locator("[data-state]").first.get_attribute("data-state"))["pin"] is None:
            stage.tap()

    def sketch(self, selector: str, place: int, height: float) -> None:
        point = self.page.locator(selector).nth(place)
        point.scroll_into_view_if_needed()
        box, frame = point.bounding_box(), self.page.locator(".cnnviz-response .axes").bounding_box()
        x, y = box["x"] + box["width"] / 2, frame["y"] + (1 - height) * frame["height"]
        self.page.mouse.move(x, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(x, y, steps=3)
        self.page.mouse.up()


class LessonWalk:
    """One lesson in one language, each question predicted and looked at, to the summary."""

    def __init__(self, page: Any, hand: Keyboard | Finger, lesson: Lesson, language: str) -> None:
        self.page, self.hand, self.lesson, self.language = page, hand, lesson, language
        self.forms: set[str] = set()
        """The forms of the questions that were met."""

    def to_the_end(self, check: Callable[[str], None] = lambda kind: None) -> None:
        """Walk from the first screen to the last; `check` is called with the kind of each, once it is drawn."""
        for place, screen in enumerate(self.lesson.screens, 1):
            self.page.wait_for_function(f"location.search.includes('step={place}') || {place} === 1")
            check(screen.kind)
            self.screen(place)
        closing = in_language(self.lesson.closing[-1], self.language)
        self.page.get_by_text(closing).first.wait_for()

    def screen(self, place: int) -> None:
        """Do everything that a screen asks for, and go on."""
        screen, key = self.lesson.screens[place - 1], f".st-key-{self.lesson.name}-{place}-0"
        if screen.kind == "end":
            return
        if screen.kind == "why":
            self.hand.press(f"{key}-compare button")
        else:
            if screen.step is None or screen.step.support != "worked":
                item = item_of(self.lesson, screen)
                self.predict(key, generate(item.question, traced_item(item), item_seed(self.lesson, place, 0)))
            if screen.step is not None and screen.step.saw:
                self.page.locator(f"{key}-saw").wait_for()
                self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
                self.hand.choose(f"{key}-saw", 0)
                self.hand.press(f"{key}-seen button")
        self.hand.press(f"{key}-next button")

    def predict(self, key: str, question: Question) -> None:
        """Commit to the right value of a question, in its form; a finger picks any cell."""
        form, right = question.form, question.right
        self.forms.add(form.name)
        if form.name == "number":
            self.hand.write(f"{key}-number input", number_text(right).replace("−", "-").replace(",", ""))
        elif form.name == "choice":
            self.hand.choose(f"{key}-choice", [entry.value for entry in question.options].index(right))
        elif form.name == "order":
            labels = {entry.value: entry.describe(self.language) for entry in question.options}
            for value in right:
                self.hand.write(f"{key}-order input", labels[value])
                self.page.keyboard.press("Enter")
            self.page.keyboard.press("Escape")
            self.page.keyboard.press("Tab")  # an open list takes the next touch for itself
        elif form.name == "cell":
            self.hand.pick(right)
            before = load("question_view", self.language)("picked").split("{")[0].replace("*", "")
            self.page.get_by_text(before).first.wait_for()
        elif form.name == "fill":
            given = form.given
            empty = [(y, x) for y, line in enumerate(given) for x, value in enumerate(line) if value is None]
            for at, (y, x) in enumerate(empty):
                self.hand.write(".cnnviz-response input", f"{right[y][x]:g}", at)
            self.page.keyboard.press("Tab")  # the last one is told when it is left
        else:
            low, high, fixed = (getattr(form, name) for name in ("low", "high", "fixed"))
            free = [at for at in range(len(right)) if at not in dict(fixed)]
            for place, at in enumerate(free):
                self.hand.sketch(".cnnviz-response .point", place, (right[at] - low) / (high - low))
        self.hand.press(f"{key}-sure-2 button")
