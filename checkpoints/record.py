"""Records the finished experiment that the studio opens with: `python checkpoints/record.py`.

Every run of the experiment is trained by the project's own loop, as the studio would train it; between its minibatches
the network is tested on the whole test set and the kernels of its first layer are kept. The file is read without torch.
"""

import base64
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cnnviz.facts.recorded_experiment import FILE, RecordedRun
from cnnviz.runs.environment import machine_name
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import make_training
from cnnviz.train import evaluate
from cnnviz.train.training import Training
from cnnviz.ui.pages.studio.experiment_runs import SEEDS
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS

NAME = "activation"
LAYER = "conv1"
EVERY = 4
"""Steps from one test to the next; the end of each epoch is tested too."""
KERNEL_SEED = 0


def recorded_steps(steps: int, steps_per_epoch: int) -> list[int]:
    """Return the steps after which a network is tested."""
    return sorted({*range(0, steps + 1, EVERY), *range(0, steps + 1, steps_per_epoch)})


def record_run(
    setting: str, given: Mapping[str, Any], steps: Sequence[int] | None = None
) -> tuple[RecordedRun, Tensor, dict[str, Any]]:
    """Train one run and return its tests, its kernels (steps, kernels, height, width), and the facts of its training.

    `given` is what `RunPlan.parse` takes; `steps` are those to test after, all of them unless given.
    """
    plan = RunPlan.parse(given)
    with make_training(plan) as training:
        _, test_set = plan.images()
        tested = recorded_steps(training.steps, training.steps_per_epoch) if steps is None else steps
        right, loss, kernels = [], [], []
        seconds = 0.0
        for step in tested:
            begin = time.process_time()
            _train_to(training, step)
            seconds += time.process_time() - begin
            result = evaluate(training.model, test_set, training.preparation, training.machine)
            assert result is not None  # nobody stops it
            right.append(round(result.accuracy * len(test_set.images)))
            loss.append(round(result.loss, 5))
            kernels.append(training.model.get_parameter(f"{LAYER}.weight").detach().flatten(0, 1).clone())
        facts = {
            "steps": list(tested),
            "steps_per_epoch": training.steps_per_epoch,
            "num_test": len(test_set.images),
            "num_classes": plan.num_classes,
            "machine": machine_name(asdict(training.machine)),
            "seconds": seconds,
        }
    return RecordedRun(setting, plan.config.seed, tuple(right), tuple(loss)), torch.stack(kernels), facts


def record() -> dict[str, Any]:
    """Return everything that the file holds, as JSON takes it."""
    runs, kept, facts, seconds = [], {}, {}, 0.0
    for setting, form in EXPERIMENTS[NAME].items():
        for seed in range(SEEDS):
            run, kernels, facts = record_run(setting, form.plan(seed))
            runs.append(asdict(run))
            seconds += facts["seconds"]
            if seed == KERNEL_SEED:
                kept[setting] = kernels
            print(f"{setting}, seed {seed}: {run.right[-1] / facts['num_test']:.4f}", flush=True)
    reach = max(float(values.abs().max()) for values in kept.values())
    return {
        "name": NAME,
        **facts,
        "seconds": round(seconds, 1),
        "runs": runs,
        "layer": LAYER,
        "kernel_seed": KERNEL_SEED,
        "kernel_shape": next(iter(kept.values())).shape[1:],
        "reach": reach,
        "kernels": {setting: base64.b64encode(as_bytes(values, reach)).decode() for setting, values in kept.items()},
    }


def as_bytes(values: Tensor, reach: float) -> bytes:
    """Return weights as signed bytes, of which 127 stands for `reach`."""
    return (127 * values / reach).round().to(torch.int8).numpy().tobytes()


def _train_to(training: Training, step: int) -> None:
    """Train until `step` minibatches are done."""
    if step > training.progress.step:
        with closing(training.run(steps=step - training.progress.step)) as reports:
            for _ in reports:
                pass


def main() -> None:
    """The command line."""
    FILE.write_text(json.dumps(record(), separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
