"""Records how the runs of the ready-made experiments end: `python checkpoints/record_answers.py [NAME …]`.

Without a name, those experiments are trained whose recording is missing or of other settings: a quarter of an hour of
one core for all of them.
"""

import json
import sys
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cnnviz.errors import UserError
from cnnviz.facts.recorded_answers import FILE
from cnnviz.runs.environment import machine_name
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import make_training
from cnnviz.train import evaluate
from cnnviz.ui.pages.studio.experiment_runs import SEEDS, plans_digest
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS, ExperimentForm


def train_form(form: ExperimentForm, seed: int) -> tuple[int | None, str, float]:
    """Train one run to its end; return the test images predicted correctly, None where its loss is no number, the
    machine, and the seconds of training."""
    plan = RunPlan.parse(form.plan(seed))
    with make_training(plan) as training:
        machine = machine_name(asdict(training.machine))
        begin = time.process_time()
        try:
            with closing(training.run(steps=training.steps)) as reports:
                for _ in reports:
                    pass
        except UserError as error:
            if error.key != "train_not_finite":
                raise
            return None, machine, time.process_time() - begin
        seconds = time.process_time() - begin
        _, test_set = plan.images()
        result = evaluate(training.model, test_set, training.preparation, training.machine)
        assert result is not None  # nobody stops it
        return round(result.accuracy * len(test_set.images)), machine, seconds


def record(name: str) -> dict[str, Any]:
    """Return what the file holds of one experiment, as JSON takes it."""
    right: dict[str, list[int | None]] = {}
    machine, total = "", 0.0
    for setting, form in EXPERIMENTS[name].items():
        for seed in range(SEEDS):
            count, machine, seconds = train_form(form, seed)
            right.setdefault(setting, []).append(count)
            total += seconds
            print(f"{name}, {setting}, seed {seed}: {count}, {seconds:.1f} s", flush=True)
    return {"plans": plans_digest(EXPERIMENTS[name]), "machine": machine, "seconds": round(total, 1), "right": right}


def main() -> None:
    """The command line."""
    held = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    asked = sys.argv[1:] or [
        name for name, forms in EXPERIMENTS.items() if held.get(name, {}).get("plans") != plans_digest(forms)
    ]
    for name in asked:
        held[name] = record(name)
        ordered = {name: held[name] for name in EXPERIMENTS if name in held}
        lines = (f"{json.dumps(name)}: {json.dumps(one)}" for name, one in ordered.items())
        FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
