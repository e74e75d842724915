"""A training at rest as one safetensors file: tensors, and in its header the facts as JSON."""

import json
from pathlib import Path

from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason, replace_file
from cnnviz.train.snapshot import MODEL, Snapshot

NAME = "checkpoint.safetensors"
SAVED = "saved"
"""The folder of weights kept along the way, `<step>.safetensors`."""


def write_checkpoint(path: Path, snapshot: Snapshot) -> None:
    """Put `snapshot` in the place of the last one, whole or not at all.

    Raises:
        UserError: `run_disk`.
    """
    write_tensors(path, snapshot.tensors, {"facts": json.dumps(snapshot.facts)})


def write_tensors(
    path: Path, tensors: dict[str, Tensor], words: dict[str, str] | None = None, durable: bool = True
) -> None:
    """Write contiguous tensors on the CPU as a safetensors file.

    Raises:
        UserError: `run_disk`.
    """
    from safetensors.torch import save_file

    replace_file(path, lambda beside: save_file(tensors, beside, words), durable)


def read_checkpoint(path: Path) -> Snapshot | None:
    """Return the snapshot in a file; None where there is none yet.

    Raises:
        UserError: `run_damaged`.
    """
    if not path.exists():
        return None
    from safetensors import safe_open

    try:
        with safe_open(path, "pt") as file:
            facts = json.loads((file.metadata() or {})["facts"])
            return Snapshot({name: file.get_tensor(name) for name in file.keys()}, facts)  # noqa: SIM118
    except Exception as error:
        raise UserError("run_damaged", path=path, why=error_reason(error)) from error


def saved_steps(folder: Path) -> tuple[int, ...]:
    """Return the steps whose weights were kept, in ascending order."""
    stems = [path.stem for path in (folder / SAVED).glob("*.safetensors")]
    return tuple(sorted(int(stem) for stem in stems if stem.isdigit()))


def read_weights(folder: Path, step: int | None = None) -> dict[str, Tensor]:
    """Return the weights of a run after `step`, one of `saved_steps`, or its latest: as `load_state_dict` takes them.

    Raises:
        UserError: `run_no_weights`, or `run_damaged`.
    """
    if step is None:
        snapshot = read_checkpoint(folder / NAME)
        if snapshot is None:
            raise UserError("run_no_weights", path=folder)
        return snapshot.weights()
    if step not in saved_steps(folder):
        raise UserError("run_no_weights", path=folder)
    from safetensors.torch import load_file

    path = folder / SAVED / f"{step}.safetensors"
    try:
        return {name.removeprefix(MODEL): tensor for name, tensor in load_file(path).items()}
    except Exception as error:
        raise UserError("run_damaged", path=path, why=error_reason(error)) from error


def modified_at(folder: Path, step: int | None = None) -> int:
    """Return when the weights that `read_weights` reads were written, in nanoseconds; 0 where there are none.

    A run that is taken back and goes on writes the same steps anew.
    """
    path = folder / NAME if step is None else folder / SAVED / f"{step}.safetensors"
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def fits_budget(size: int, megabytes: int) -> bool:
    """Return True where at least two copies of weights of `size` bytes fit into `megabytes`."""
    return 2 * size <= megabytes * 1_000_000


class SavedSteps:
    """Weights saved during a training, as many as fit: every step at first, then every second, every fourth, …"""

    MOST = 40

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._folder = folder
        self._megabytes = megabytes
        (folder / SAVED).mkdir(exist_ok=True)
        self._steps = list(saved_steps(folder))
        gaps = [after - before for before, after in zip(self._steps, self._steps[1:], strict=False)]
        self._stride = min(gaps, default=1)

    def is_due(self, step: int) -> bool:
        """Return True where the weights after `step` are to be saved."""
        return not self._steps or step >= self._steps[-1] + self._stride

    def keep(self, step: int, weights: dict[str, Tensor]) -> None:
        """Save the weights after `step`, and delete every second copy where there are too many.

        Raises:
            UserError: `run_disk`.
        """
        size = sum(tensor.nbytes for tensor in weights.values())
        most = max(2, min(self.MOST, self._megabytes * 1_000_000 // max(1, size)))
        if not fits_budget(size, self._megabytes):
            return
        write_tensors(self._path(step), weights, durable=False)
        self._steps.append(step)
        while len(self._steps) > most:
            self._drop(self._steps[1::2])
            self._stride *= 2

    def back_to(self, step: int) -> None:
        """Delete the weights saved after `step`."""
        self._drop([later for later in self._steps if later > step])

    def _drop(self, steps: list[int]) -> None:
        for step in steps:
            self._path(step).unlink(missing_ok=True)
        self._steps = [step for step in self._steps if step not in steps]

    def _path(self, step: int) -> Path:
        return self._folder / SAVED / f"{step}.safetensors"
