"""The finished experiment that the studio opens with, as `python checkpoints/record.py` recorded it; loads no torch."""

import base64
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """One training from one seed: the tests of its network along the way."""

    setting: str
    seed: int
    right: tuple[int, ...]
    """Test images predicted rightly after each recorded step."""
    loss: tuple[float, ...]
    """Mean loss over the test images after each recorded step."""


@dataclass(frozen=True, slots=True)
class RecordedExperiment:
    """A ready-made experiment as it went when it was recorded."""

    name: str
    """Of the experiment."""
    steps: tuple[int, ...]
    """After which the network was tested, 0 and the last one among them."""
    steps_per_epoch: int
    num_test: int
    num_classes: int
    seconds: float
    """Of one core's time for all trainings, without the recording."""
    machine: str
    """The processor, and how many threads each training had."""
    runs: tuple[RecordedRun, ...]
    """In the order of the settings, then of the seeds."""
    layer: str
    """Whose kernels were recorded."""
    kernel_seed: int
    """Of the runs whose kernels they are."""
    kernel_shape: tuple[int, ...]
    """(kernels, height, width)"""
    reach: float
    """The weight that stands for 127 in `kernels`."""
    kernels: dict[str, bytes]
    """Of each setting: its kernels after each recorded step, one after the other, as signed bytes."""

    @property
    def settings(self) -> tuple[str, ...]:
        """Return the names of the settings in their order."""
        return tuple(dict.fromkeys(run.setting for run in self.runs))

    @property
    def epochs(self) -> tuple[float, ...]:
        """Return the recorded steps in epochs."""
        return tuple(step / self.steps_per_epoch for step in self.steps)

    def runs_of(self, setting: str) -> tuple[RecordedRun, ...]:
        """Return the runs of one setting, one from each seed."""
        return tuple(run for run in self.runs if run.setting == setting)

    def accuracies(self, run: RecordedRun) -> tuple[float, ...]:
        """Return the test accuracies of a run in [0, 1], one for each recorded step."""
        return tuple(count / self.num_test for count in run.right)


@cache
def load_recording() -> RecordedExperiment:
    """Return the experiment as it lies in the file beside this one."""
    read = json.loads(FILE.read_text(encoding="utf-8"))
    runs = tuple(
        RecordedRun(one["setting"], one["seed"], tuple(one["right"]), tuple(one["loss"])) for one in read["runs"]
    )
    kernels = {setting: base64.b64decode(values) for setting, values in read["kernels"].items()}
    tuples = {"steps": tuple(read["steps"]), "kernel_shape": tuple(read["kernel_shape"])}
    return RecordedExperiment(**{**read, **tuples, "runs": runs, "kernels": kernels})
