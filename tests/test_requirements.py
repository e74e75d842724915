"""Every package is bounded, and what was tested lies within the bounds."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def _lines(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line.partition("#")[0].strip() for line in lines if line[:1].isalnum()]


FILES = "requirements.txt", "requirements-onnx.txt", "requirements-dev.txt"
BOUNDED = [Requirement(line) for name in FILES for line in _lines(name)]
LOCKED = [Requirement(line) for line in _lines("requirements.lock")]


def _pinned(requirement: Requirement) -> str:
    (pin,) = requirement.specifier
    assert pin.operator == "=="
    return pin.version


@pytest.mark.parametrize("requirement", BOUNDED, ids=str)
def test_a_package_stays_below_its_next_major_version_and_is_locked_within(requirement: Requirement) -> None:
    assert any(bound.operator in ("<", "==") for bound in requirement.specifier)
    versions = [_pinned(locked) for locked in LOCKED if locked.name == requirement.name]
    assert versions
    assert all(requirement.specifier.contains(version) for version in versions)


def test_ray_is_bounded_and_nothing_that_the_app_needs() -> None:
    (ray,) = [Requirement(line) for line in _lines("requirements-ray.txt")]
    assert ray.name == "ray"
    assert any(bound.operator == "<" for bound in ray.specifier)
    assert "ray" not in {requirement.name for requirement in (*BOUNDED, *LOCKED)}


def test_the_lock_names_no_host() -> None:
    assert not re.search(r"://|--(index|extra|find|trusted)", (ROOT / "requirements.lock").read_text(encoding="utf-8"))


def test_the_server_listens_on_this_machine_alone_unless_it_is_told() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "localhost"
