"""The layers of the last step that was looked at closely, as one file in the folder of its run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason
from cnnviz.runs.checkpoint import write_tensors

if TYPE_CHECKING:
    from cnnviz.train.layer_step import LayerStep

NAME = "step.safetensors"
_FACTS = ("shape", "steps_before", "stride", "padding", "dilation", "groups")


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step, from 1, and what it read and changed of the layers."""

    step: int
    learning_rate: float
    layers: "tuple[LayerStep, ...]"


def write_step(folder: Path, step: int, learning_rate: float, layers: "Sequence[LayerStep]") -> None:
    """Put a step in the place of the one before.

    Raises:
        UserError: `run_disk`.
    """
    facts = {layer.name: {name: getattr(layer, name) for name in _FACTS} for layer in layers}
    tensors = {f"{layer.name}/{name}": tensor for layer in layers for name, tensor in layer.tensors.items()}
    words = {"step": step, "learning_rate": learning_rate, "layers": facts}
    write_tensors(folder / NAME, tensors, {"facts": json.dumps(words)}, durable=False)


def read_step(folder: Path) -> RecordedStep | None:
    """Return the last step that was looked at closely; None where none was, or where a version before looked.

    Raises:
        UserError: `run_damaged`.
    """
    path = folder / NAME
    if not path.exists():
        return None
    from safetensors import safe_open

    try:
        with safe_open(path, "pt") as file:
            facts = json.loads(file.metadata()["facts"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        layers = tuple(_layer(name, told, tensors) for name, told in facts["layers"].items())
        return RecordedStep(facts["step"], facts["learning_rate"], layers)
    except Exception as error:
        raise UserError("run_damaged", path=path, why=error_reason(error)) from error


def _layer(name: str, told: dict[str, Any], tensors: dict[str, Any]) -> "LayerStep":
    from cnnviz.train.layer_step import LayerStep

    own: dict[str, Any] = {
        key.removeprefix(f"{name}/"): tensor for key, tensor in tensors.items() if key.startswith(f"{name}/")
    }
    state = {key.removeprefix("state."): own.pop(key) for key in list(own) if key.startswith("state.")}
    facts: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
    return LayerStep(name=name, state=state, **{**facts, **own})
