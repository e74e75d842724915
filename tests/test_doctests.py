"""The examples in docstrings are true."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "cnnviz").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)

OPTIONAL = ("onnx", "ray")
"""Packages that `requirements.txt` leaves out."""


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_of_a_module_print_what_they_say(module: str) -> None:
    try:
        imported = import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name not in OPTIONAL:
            raise
        pytest.skip(f"{missing.name} is not installed")
    result = doctest.testmod(imported)
    assert result.attempted > 0
    assert result.failed == 0
