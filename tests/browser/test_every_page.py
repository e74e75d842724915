"""Every page in a real browser: it paints, fits a narrow screen, and says in words what it shows."""

import pytest

from cnnviz.text import load
from cnnviz.ui.core.menu import PAGES
from tests.browser.accessibility import WCAG, serious_findings

pytestmark = pytest.mark.browser
SCREEN = {"width": 1280, "height": 900}
RULES = {"light": WCAG, "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What is asked in which colours: in the second ones only what looks at colours can have another answer."""
PICTURES = {
    "home": (".cnnviz-pad .sheet", ".cnnviz-pad .scores", ".cnnviz-pad .maps"),
    "lessons": ("[data-testid=stMain] [data-testid=stButton]",),
    "walkthrough": (".cnnviz-film-strip", ".cnnviz-canvas .stage"),
    "operations": (".cnnviz-board .plane",),
    "architectures": (".diagram .stage",),
    "compare": ("[data-testid=stTable]",),
    "own": ("[data-testid=stAlert]", ".diagram .stage"),
    "studio": (".cnnviz-example .chart", ".cnnviz-example .kernels"),
    "results": (".js-plotly-plot",),
    "mistakes": (".cnnviz-mistakes .matrix",),
    "saliency": (".map-sentence", ".overlays .stage"),
    "help": ("h2",),
}
"""What a page is about, to be seen without scrolling."""
FIRST_SCREENS = {(1366, 768): 240, (390, 844): 150}
"""Width and height of a window, and the pixels that are to be seen of a picture at least, unless it is smaller."""
MOVING = """() => {
    const found = [];
    const look = (root) => {
        for (const each of root.querySelectorAll('*')) {
            if (each.shadowRoot) look(each.shadowRoot);
            const style = getComputedStyle(each);
            const fades = style.transitionProperty !== 'none' && parseFloat(style.transitionDuration) > 0;
            const moves = fades || style.animationName !== 'none' || style.scrollBehavior === 'smooth';
            const plays = each.matches('.play, .st-key-play') && style.display !== 'none';
            if (moves || plays) found.push(each.outerHTML.slice(0, 120));
        }
    };
    look(document);
    return found; }"""
"""What is animated, fades or slides, or would begin to run by itself, in the shadow roots of components too."""
DRAWN = """scheme => {
    const [red] = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor.match(/\\d+/g);
    return (Number(red) > 128) === (scheme === 'light'); }"""


def _choose(page, name: str, language: str) -> None:
    """Open page `name` by the menu, as a user does."""
    shell = load("shell", language)
    group = PAGES[name].group
    if group:
        page.get_by_role("button", name=shell(f"group.{group}"), exact=True).click()
    page.get_by_role("menuitem" if group else "link", name=shell(f"page.{name}"), exact=True).first.click()


def _path(name: str) -> str:
    """Return the deep link of a page; of the studio, that of the recorded example, whatever has been trained before."""
    return {"home": "/", "studio": "/studio?run=example"}.get(name, f"/{name}")


@pytest.fixture(scope="module", params=PAGES)
def opened(request, reader, serve, settled):
    """Every page once, opened by its deep link on a touch screen of a reader in Taiwan."""
    page = reader(locale="zh-TW", has_touch=True).new_page()
    page.set_viewport_size(SCREEN)
    page.emulate_media(color_scheme="light")
    page.set_default_timeout(60_000)
    page.asked = []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda said: print(said.text))  # shown with a test that fails
    page.on("pageerror", lambda error: print(error))
    page.on("requestfailed", lambda asked: print(asked.url, asked.failure))
    page.goto(serve() + _path(request.param))
    page.get_by_role("heading", level=1).wait_for()
    settled(page)
    yield request.param, page
    page.close()


def test_a_deep_link_opens_the_page_in_the_browsers_language(opened) -> None:
    name, page = opened
    t = load(f"pages/{name}", "zh-Hant")
    heading = (
        t("headline.class", name="0") if name == "saliency" else t("title")
    )  # a page whose heading is its question
    assert page.get_by_role("heading", level=1).inner_text() == heading
    assert page.locator("[data-testid=stException]").count() == 0


def test_no_page_asks_another_host(opened, serve) -> None:
    _, page = opened
    ours = (serve(), serve().replace("http", "ws"), "data:", "blob:")
    assert not [url for url in page.asked if not url.startswith(ours)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_violation_of_accessibility(opened, scheme: str) -> None:
    _, page = opened
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(DRAWN, arg=scheme)
    assert not serious_findings(page, RULES[scheme])


def test_nothing_of_a_page_moves_where_motion_is_reduced(opened) -> None:
    _, page = opened
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING)
    page.emulate_media(reduced_motion="reduce")
    assert not page.evaluate(MOVING)
    page.emulate_media(reduced_motion="no-preference")


def _resize(page, size: tuple[int, int], settled) -> None:
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    page.wait_for_timeout(250)
    settled(page)


@pytest.mark.parametrize("size", FIRST_SCREENS, ids="{0[0]}x{0[1]}".format)
def test_the_picture_that_teaches_is_inside_the_first_screen(opened, settled, size: tuple[int, int]) -> None:
    name, page = opened
    _resize(page, size, settled)
    page.locator("[data-testid=stMain]").evaluate("element => element.scrollTo(0, 0)")
    for selector in PICTURES[name]:
        picture = page.locator(selector).first
        picture.wait_for()
        box = picture.bounding_box()
        seen = min(size[1], box["y"] + box["height"]) - box["y"]
        assert seen >= min(box["height"], FIRST_SCREENS[size]), (selector, box)


def test_no_page_scrolls_sideways_on_a_phone(opened, settled) -> None:
    _, page = opened
    _resize(page, (390, 844), settled)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("element => element.scrollWidth - element.clientWidth") <= 1


def test_an_address_of_no_page_opens_the_first_and_says_so_in_the_readers_language(visit) -> None:
    page = visit("/nowhere", locale="zh-TW", touch=True)
    note = page.locator("[data-testid=stAlert]").first
    note.wait_for()
    assert (
        note.inner_text().strip().endswith(load("shell", "zh-Hant")("wrong_link", name="page", text="nowhere").strip())
    )
    assert page.get_by_role("dialog").count() == 0


def test_the_chosen_language_is_kept_across_pages_and_in_the_link(visit, settled) -> None:
    page = visit("/?lang=zh-Hans")
    _choose(page, "compare", "zh-Hans")
    page.get_by_role("heading", level=1, name=load("pages/compare", "zh-Hans")("title")).wait_for()
    settled(page)
    assert "lang=zh-Hans" in page.url


def test_a_settings_change_is_in_the_link_and_back_leads_back_a_step_at_a_time(visit, settled) -> None:
    page = visit("/walkthrough?net=lenet&layer=conv2")
    page.get_by_role("button", name=load("pages/walkthrough", "en")("step.next")).first.click()
    page.wait_for_function("location.search.includes('layer=sigmoid2')")
    settled(page)
    again = visit(page.url.partition("8")[0] and page.url[page.url.index("/", 8) :])
    again.get_by_text("sigmoid2").first.wait_for()
    page.go_back()  # to the layer before
    page.wait_for_function("location.search.includes('layer=conv2')")
    page.locator(".cnnviz-microscope[data-row='conv2']").first.wait_for()
    _choose(page, "home", "en")
    page.get_by_role("heading", level=1, name=load("pages/home", "en")("title")).wait_for()
    _choose(page, "walkthrough", "en")
    page.wait_for_function("location.search.includes('layer=conv2')")  # the page writes what it was left with
    settled(page)
    page.go_back()
    page.get_by_role("heading", level=1, name=load("pages/home", "en")("title")).wait_for()


def test_a_layer_is_found_by_its_name_and_opened_by_the_keyboard(same_tab) -> None:
    shell = load("shell", "en")
    page = same_tab("/compare")
    page.get_by_role("button", name=shell("search.label")).click()
    page.get_by_role("combobox", name=shell("search.prompt")).fill("lenet conv2")
    page.get_by_role("option", name="LeNet · conv2 · Convolution").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=load("pages/walkthrough", "en")("title")).wait_for()
    assert "net=lenet" in page.url
    assert "layer=conv2" in page.url


def test_share_shows_the_link_of_what_is_on_the_screen(same_tab, settled) -> None:
    shell = load("shell", "en")
    page = same_tab("/walkthrough?net=lenet&layer=pool1")
    settled(page)
    page.get_by_role("button", name=shell("share.label")).click()
    page.get_by_role("img", name=shell("share.qr")).wait_for()
    page.locator("[data-testid=stCode]", has_text=page.url).wait_for()
