"""What the README promises is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINKS = sorted(
    {
        link
        for name in ("README.md", "CONTRIBUTING.md")
        for link in re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("link", LINKS)
def test_every_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).is_file()


def test_the_screenshot_is_a_real_picture() -> None:
    from PIL import Image

    with Image.open(ROOT / "docs" / "walkthrough.png") as picture:
        assert picture.width >= 1000
        assert len(set(picture.convert("L").resize((64, 64)).tobytes())) > 20


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = readme.partition("<!-- test -->")[2].partition("<!-- end of test -->")[0]
    assert "requirements-dev.txt" in command
    assert "python -m pytest" in command
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
