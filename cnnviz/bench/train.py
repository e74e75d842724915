"""Benchmark of training: ours against the course's published loop, with the same network, images and recipe.

The course's side runs under the Python named by `CNNVIZ_D2L_PYTHON`, an environment with `d2l` 1.0.3:

    python3 -m venv d2l && d2l/bin/pip install --no-deps d2l==1.0.3
    d2l/bin/pip install torch torchvision safetensors ipython matplotlib pandas requests
    CNNVIZ_D2L_PYTHON=$PWD/d2l/bin/python python -m cnnviz bench train lenet-28 --device cpu

Each side runs in a process of its own. Whole epochs are timed by the wall clock, with loading and the test after the
epoch, without the start of the process.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from cnnviz import zoo
from cnnviz.errors import UserError
from cnnviz.paths import image_set_folders
from cnnviz.zoo.architecture_record import CourseRecipe

SIDES = Path(__file__).parent
ROOT = SIDES.parent.parent


@dataclass(frozen=True, slots=True)
class TrainingCase:
    """One network with the options of its recipe, and the least speed-up that is asked for."""

    name: str
    architecture: str
    options: dict[str, Any]
    least: float
    aim: float
    """The speed-up to aim for, on two CPU cores with bfloat16 instructions."""
    least_gpu: float = 0.0
    """The least speed-up on a GPU; 0 for none."""

    @property
    def recipe(self) -> CourseRecipe:
        """Return the course's recipe, with plain SGD."""
        return next(
            recipe
            for recipe in zoo.architecture(self.architecture).recipes
            if recipe.optimizer == "sgd" and dict(recipe.options or {}) == self.options
        )


CASES = {
    case.name: case
    for case in (
        TrainingCase("lenet-28", "lenet", {}, 5, 10, 10),
        TrainingCase("resnet-18-96", "resnet", {}, 2.5, 3.5, 3),
        TrainingCase("mobilenet-96", "mobilenet", {}, 2.5, 4),
        TrainingCase("googlenet-96", "googlenet", {}, 3, 4.5),
        TrainingCase("densenet-96", "densenet", {}, 3.5, 6),
        TrainingCase("vgg-small-224", "vgg", {"width": 0.25}, 3.3, 5),
        TrainingCase("alexnet-224", "alexnet", {}, 1.9, 2.3),
        TrainingCase("nin-224", "nin", {}, 2.8, 4),
    )
}


def find_case(name: str) -> TrainingCase:
    """Return the case called `name`.

    Raises:
        UserError: `bench_case`.
    """
    if name not in CASES:
        raise UserError("bench_case", name=name, known=[*CASES])
    return CASES[name]


@dataclass(frozen=True, slots=True)
class TrainingTime:
    """The seconds of one epoch of a network, ours and the course's, median of the pairs."""

    name: str
    ours: float
    theirs: float
    images: int
    device: str
    precision: str
    float32_share: float
    """Our multiply-adds per second over those of a large matrix product on the same device and threads."""
    bfloat16_share: float
    least: float
    """The least speed-up that is asked for on this device; 0 for none."""

    @property
    def ratio(self) -> float:
        """Return the speed-up of ours."""
        return self.theirs / self.ours


def run(
    names: tuple[str, ...] = tuple(CASES),
    images: int = 60_000,
    pairs: int = 3,
    threads: int = 2,
    precision: str = "auto",
    device: str = "auto",
) -> Iterator[TrainingTime]:
    """Time every network of `names`, over the first `images` of Fashion-MNIST and a sixth of that as test.

    Raises:
        UserError: `bench_d2l` where the course's environment is not named, `bench_case` for an unknown network,
            `train_device` for a device that is not there.
    """
    python = os.environ.get("CNNVIZ_D2L_PYTHON", "")
    if not python or shutil.which(python) is None:
        raise UserError("bench_d2l", variable="CNNVIZ_D2L_PYTHON", got=python or "-")
    chosen = [find_case(name) for name in names]
    place = _device(device)
    for case in chosen:
        recipe = case.recipe
        task = {
            "architecture": case.architecture,
            "options": case.options,
            "images": images,
            "batch_size": recipe.batch_size,
            "learning_rate": recipe.learning_rate,
            "image_size": recipe.image_size,
            "threads": threads,
            "precision": precision,
            "device": place,
        }
        results = [
            (_side(sys.executable, "train_ours.py", task), _side(python, "train_course.py", task)) for _ in range(pairs)
        ]
        ours = median(mine["seconds"] for mine, _ in results)
        theirs = median(other["seconds"] for _, other in results)
        yield TrainingTime(
            case.name,
            ours,
            theirs,
            images,
            place,
            results[0][0]["precision"],
            median(mine["float32_share"] for mine, _ in results),
            median(mine["bfloat16_share"] for mine, _ in results),
            case.least if place == "cpu" else case.least_gpu,
        )


def _device(asked: str) -> str:
    from cnnviz.train.config import TrainConfig
    from cnnviz.train.machine import DEVICES

    device = TrainConfig(device=asked).device
    present = [name for name, there in DEVICES.items() if there()]
    if device not in ("auto", *present):
        raise UserError("train_device", device=device, known=[*present])
    return present[0] if device == "auto" else device


def _side(python: str, script: str, task: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder, "run")  # the course looks for its images in ../data
        here.mkdir()
        Path(folder, "data").symlink_to(_fashion_root(), target_is_directory=True)
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": str(task["threads"]),
            "MPLBACKEND": "Agg",
        }
        done = subprocess.run(
            [python, str(SIDES / script), json.dumps(task)],
            cwd=here,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["-"])[-1]
        raise UserError("bench_side", script=script, why=why)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _fashion_root() -> Path:
    from cnnviz.data import dataset

    dataset("fashion_mnist").load("train", limit=1)  # there afterwards, or refused in one sentence
    for root in image_set_folders():
        if (root / "FashionMNIST" / "raw").is_dir():
            return root.resolve()
    raise UserError("bench_side", script="train_course.py", why="FashionMNIST/raw")
