"""Motion: what moves asks first whether the user wants that."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "cnnviz" / "ui"
WISH = "prefers-reduced-motion"
DECLARED = re.compile(r"(?<![\w-])(?:transition|animation)(?:-[\w-]+)?\s*:(?!\s*none)")
BY_ITSELF = re.compile(r"setInterval\(|\.animate\(|behavior:.*smooth")
WANTED = re.compile(rf"@media[^{{]*\({WISH}: no-preference\)[^{{]*\{{(?:[^{{}}]*\{{[^{{}}]*\}})*[^{{}}]*\}}")


def motions(sheet: str) -> list[str]:
    """Return what of a style sheet moves also for those who ask for less motion."""
    return DECLARED.findall(WANTED.sub("", sheet))


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.css")), ids=lambda path: path.name)
def test_a_style_sheet_moves_nothing_where_motion_is_reduced(path: Path) -> None:
    assert not motions(path.read_text(encoding="utf-8"))


def test_a_motion_outside_its_media_rule_is_found() -> None:
    rule = ".bar { transition: width 120ms linear; }"
    assert motions(rule)
    assert motions(f"@media (min-width: 640px) {{ {rule} }}")
    assert not motions(f"@media ({WISH}: no-preference) {{ {rule} }} .bar {{ transition: none; }}")
    assert motions(f"@media ({WISH}: no-preference) {{ {rule} }} {rule}")


def test_a_script_that_moves_something_by_itself_asks_first() -> None:
    scripts = {path.name: path.read_text(encoding="utf-8") for path in ROOT.rglob("*.js")}
    moving = {name for name, script in scripts.items() if BY_ITSELF.search(script)}
    assert {"player.js", "example.js"} <= moving
    assert not {name for name in moving if WISH not in scripts[name]}
