"""The conventions of names and docstrings: one name for one thing, docstrings that say what something is or does."""

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "cnnviz"
FILES = sorted(ROOT.rglob("*.py"))

RIDDLES = frozenset({"What", "Whether", "How", "Nothing", "Inside", "Which", "Where", "Of"})
"""First words of docstrings that tell what a thing answers or when it holds, in place of what it is or does."""
SHARED = frozenset(
    {
        "__init__",
        "table",  # the entries of a package, in the order of menus
        "record",  # the records of a package
        # inside every page package these mean the same
        "page",
        "page_links",
        "links",
        "search_entries",
        # and inside every component of the browser these: how it is called, what it draws, what travels to it
        "component",
        "panels",
        "payload",
    }
)
"""Names of modules that mean the same in each package that has one."""


def _documented(path: Path) -> Iterator[tuple[str, str]]:
    """Yield name and docstring of the module, its classes and its functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            if docstring:
                yield getattr(node, "name", path.stem), docstring


def _one_letter_apart(one: str, other: str) -> bool:
    """Return whether a letter added, left out or replaced makes one name of the other."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    if len(long) == len(short):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


PACKAGES = sorted({path.parent for path in FILES})
TOP = sorted(path for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__")


def _ids(path: Path) -> str:
    return str(path.relative_to(ROOT.parent))


def test_no_class_name_stands_twice() -> None:
    names = Counter(
        node.name
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert not {name for name, count in names.items() if count > 1}


@pytest.mark.parametrize("package", [ROOT, *TOP], ids=_ids)
def test_docstrings_say_what_a_thing_is_or_does(package: Path) -> None:
    paths = sorted(package.glob("*.py") if package == ROOT else package.rglob("*.py"))
    found = [
        f"{_ids(path)}: {name}: {docstring.splitlines()[0]}"
        for path in paths
        for name, docstring in _documented(path)
        if docstring.split(maxsplit=1)[0].rstrip(",.:;") in RIDDLES
    ]
    assert not found


@pytest.mark.parametrize("package", PACKAGES, ids=_ids)
def test_no_two_modules_of_a_package_are_a_letter_apart(package: Path) -> None:
    names = sorted(
        {path.stem for path in FILES if path.parent == package} | {p.name for p in PACKAGES if p.parent == package}
    )
    assert not [pair for pair in combinations(names, 2) if _one_letter_apart(*pair)]


@pytest.mark.parametrize("package", TOP, ids=_ids)
def test_no_module_name_stands_twice_in_a_package(package: Path) -> None:
    names = Counter(path.stem for path in package.rglob("*.py"))
    assert {name for name, count in names.items() if count > 1} <= SHARED
