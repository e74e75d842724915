"""What a run ran on: versions and machine."""

import os
import platform
from dataclasses import asdict
from importlib import metadata
from typing import TYPE_CHECKING, Any

import cnnviz
from cnnviz.runs.cores import cores

if TYPE_CHECKING:
    from cnnviz.train.machine import Machine

PACKAGES = ("torch", "torchvision", "numpy", "safetensors", "scikit-learn", "pillow")


def environment(machine: "Machine") -> dict[str, Any]:
    """Plain facts: what would have to be the same for the same curve, bit for bit."""
    return {"cnnviz": cnnviz.__version__, "python": platform.python_version(), "system": platform.platform(),
            "packages": {name: _version(name) for name in PACKAGES}, "machine": asdict(machine),
            "cores": cores(),
            "variables": {name: value for name, value in os.environ.items() if name.startswith("OMP_")}}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
