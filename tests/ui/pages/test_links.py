"""The declared parameters of every page's links: hostile texts are refused, and CONTRIBUTING shows the grammar."""

import random
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.options.kinds import Choice, Flag, Kind, Real, Several, Whole, WholeList
from cnnviz.ui.core import toolbar
from cnnviz.ui.core.menu import HOME, PAGES
from cnnviz.ui.core.url import Entries, Name, Param, Place
from cnnviz.ui.pages.operations import links as operation_links
from cnnviz.ui.pages.operations.table import TABS

ROOT = Path(__file__).parents[3]
HOSTILE = (
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "nan",
    "inf",
    "true",
    "None",
    "9" * 4000,
    "٣",
    "1;2",
    ",",
    "a,a,a",
    "0,0,0,0,0,0,0",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "$x^2$ **b** [l](javascript:1)",
    "\u202e\u0000\ud7ff",
    "_" * 5000,
    "erase.1." + "1." * 900 + "1",
)


def declared() -> dict[str, tuple[Param[Any], ...]]:
    """The parameters of each page that declares some, and of all pages."""
    found = {"every page": toolbar.PARAMS}
    for name in PAGES:
        module = f"cnnviz.ui.pages.{name}.links"
        if find_spec(module) is not None:
            found[name] = import_module(module).PARAMS
    return found


def texts(param: Param[Any]) -> Iterator[str]:
    """Hostile and random texts, and bent ones of the parameter's own form."""
    yield from HOSTILE
    draw = random.Random(param.name)
    letters = "0123456789abcxyz.,-_:;/%+ é好\n\t"
    for _ in range(60):
        yield "".join(draw.choices(letters, k=draw.randrange(1, 40)))
    own = param.format(param.default)
    yield from (own, own * 2, own[::-1], own.upper(), own + ",", own + "\x00")


@pytest.mark.parametrize("page", declared())
def test_any_text_is_a_value_of_the_parameter_or_a_value_error(page: str) -> None:
    for param in declared()[page]:
        for text in texts(param):
            try:
                value = param.parse(text)
            except ValueError:
                continue
            assert value in param, (param.name, text)
            again = param.format(value)
            if again:
                assert param.parse(again) == value, (param.name, text)


@pytest.mark.parametrize("page", declared())
def test_a_forged_value_is_none_of_the_parameter(page: str) -> None:
    for param in declared()[page]:
        for value in (object(), b"\xff", {"a": 1}, [[]], float("nan"), 10**400, "\ud800" * 300):
            assert value not in param, (param.name, value)


def test_no_page_declares_a_parameter_twice() -> None:
    for params in declared().values():
        names = [param.name for param in params]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_declares_its_parameters(page: str) -> None:
    assert page in declared()


@pytest.mark.parametrize("page", [name for name in PAGES if name != "help"])  # any text is something to find there
def test_a_page_opened_with_hostile_parameters_says_so_and_goes_on(page: str) -> None:
    app = AppTest.from_file(ROOT / "cnnviz" / "ui" / "core" / "main.py", default_timeout=200)
    if PAGES[page] is not HOME:
        app.run().switch_page(str(PAGES[page].path))
    for place, param in enumerate(declared()[page]):
        app.query_params[param.name] = HOSTILE[5:][place % len(HOSTILE[5:])].replace("\x00", "")
    app.run()
    assert not app.exception
    if page != "operations":  # there a line may hold anything, and a sentence says what is wrong with it
        assert not [error.value for error in app.error]
    assert app.warning


@pytest.mark.parametrize("tab", TABS)
def test_an_example_s_settings_are_what_its_controls_hold(tab: str) -> None:
    for preset in TABS[tab].presets:
        for name, value in TABS[tab].preset(preset.name).items():
            param = operation_links.SETTINGS[tab][name]
            assert param.kind.parse(value) == value, f"{preset.name}: {name}"
            assert param.parse(param.format(value)) == value


def values_of(kind: Kind[Any]) -> str:
    """What a parameter of this kind may say, in words for CONTRIBUTING."""
    match kind:
        case Choice(("",)):
            return "nothing; the first page is told an address that is none"
        case Choice(choices):
            return ", ".join(f"`{one}`" if one != "" else "nothing" for one in choices)
        case Flag():
            return "`0`, `1`"
        case Whole():
            return f"{kind.low} to {kind.high}"
        case Real():
            return f"a number from {kind.low:g} to {kind.high:g}"
        case WholeList():
            return "whole numbers with commas"
        case Name():
            return kind.meaning
        case Several():
            return "some of " + ", ".join(f"`{one}`" for one in kind.choices) + ", with commas"
        case Entries():
            return f"up to {kind.most} {kind.meaning}, with commas"
        case Place():
            return " or ".join(map(str, kind.counts)) + " whole numbers with commas"
        case _:
            return "text"


def grammar() -> str:
    """The table in CONTRIBUTING: each parameter once, with the pages that take it."""
    pages: dict[str, list[str]] = {}
    for page, params in declared().items():
        for param in params:
            if param.family:
                row = f"`{param.family}` | as its table of options | as there"
            else:
                default = param.format(param.default) or "–"
                row = f"`{param.name}` | {values_of(param.kind)} | {default}"
            if page not in pages.setdefault(row, []):
                pages[row].append(page)
    rows = [f"| {', '.join(names)} | {row} |" for row, names in pages.items()]
    return "\n".join(["| page | parameter | values | default |", "|---|---|---|---|", *rows])


def test_contributing_shows_the_declared_parameters() -> None:
    assert grammar() in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), grammar()
