"""Versions of the packages and facts of the machine that a run used."""

import os
import platform
import re
from collections.abc import Mapping
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cnnviz
from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import read_json
from cnnviz.runs.cpu_count import usable_cores
from cnnviz.text import DEFAULT_LANGUAGE, load

if TYPE_CHECKING:
    from cnnviz.train.machine import Machine

PACKAGES = ("torch", "torchvision", "numpy", "safetensors", "scikit-learn", "pillow")
ENVIRONMENT = "environment.json"
"""The file in a run's folder that holds them."""
_NAME = re.compile(r"(?P<name>.+), (?P<threads>\d+) × (?P<device>cpu|cuda|mps)")


def environment(machine: "Machine") -> dict[str, Any]:
    """Return the facts that would have to be the same for the same curve, bit for bit."""
    return {
        "cnnviz": cnnviz.__version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "machine": asdict(machine),
        "cores": usable_cores(),
        "variables": {name: value for name, value in os.environ.items() if name.startswith("OMP_")},
    }


def read_environment(folder: Path) -> tuple[str, dict[str, str]]:
    """Return the machine as `machine_name` writes it, and the versions that decide the result, from a run's folder.

    Raises:
        UserError: `run_damaged`.
    """
    facts = read_json(folder / ENVIRONMENT)
    try:
        machine = facts["machine"]
        return machine_name(machine), {"python": facts["python"], **facts["packages"]}
    except (KeyError, TypeError) as error:
        raise UserError("run_damaged", path=folder / ENVIRONMENT, why=repr(error)) from error


def machine_name(machine: Mapping[str, Any]) -> str:
    """Return the processor with its threads, as cards and files hold it: "AMD EPYC, 1 × cpu"."""
    return f"{machine['name']}, {machine['threads']} × {machine['device']}"


def describe_machine(name: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return a name that `machine_name` wrote, in words; any other one as it is."""
    found = _NAME.fullmatch(name)
    if found is None:
        return name
    t, threads = load("runs", language), int(found["threads"])
    if found["device"] != "cpu":
        return t("machine.gpu", name=found["name"])
    return t("machine.one" if threads == 1 else "machine.several", name=found["name"], threads=threads)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
