"""How the component's files fit together."""

import re

import pytest

from cnnviz.text import load
from cnnviz.ui.components.canvas import source

FILES = sorted(path.stem for path in source.FOLDER.glob("*.js"))
STRINGS = re.compile(r"""["'`]([a-z_]+(?:\.(?:[a-z_]+|\$\{[^}]+\}))+)["'`]""")


def test_every_file_is_in_the_module_once():
    assert sorted([*source.ORDER, "carrier"]) == FILES


@pytest.mark.parametrize("name", source.ORDER)
def test_a_file_imports_only_what_stands_before_it(name):
    text = source.read(name)
    for names, other in re.findall(r'import \{(.*?)\} from "\./(\w+)\.js"', text, re.DOTALL):
        assert source.ORDER.index(other) < source.ORDER.index(name)
        exported = re.findall(r"^export (?:const|class|function) (\w+)", source.read(other), re.MULTILINE)
        assert {part.strip() for part in names.split(",")} <= set(exported)
    assert text.count("import ") == len(re.findall(r"^import \{", text, re.MULTILINE))


@pytest.mark.parametrize("name", FILES)
def test_no_file_writes_markup_or_asks_the_network(name):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|fetch\(|https?:", source.read(name)
    )


@pytest.mark.parametrize("name", FILES)
def test_no_file_is_long(name):
    assert len(source.read(name).splitlines()) <= 300


def test_the_words_of_the_canvas_are_the_words_that_its_code_asks_for():
    keys = set(load("canvas").keys())
    asked = {key for name in source.ORDER for key in STRINGS.findall(source.read(name))}
    patterns = [re.compile(re.sub(r"\$\{[^}]+\}", r"[a-z_]+", key.replace(".", r"\."))) for key in asked]
    assert {key for key in keys if not any(pattern.fullmatch(key) for pattern in patterns)} == set()
    assert {key for key in asked if "$" not in key and key not in keys} == set()
