"""Makes the trained networks of this folder again: `python checkpoints/make.py [NAME ...] [--runs FOLDER]`.

Each is trained by the project's own loop as `recipes.toml` says, rounded to half precision where its accuracy holds,
tested from the file as it is, and described by its card. A run that lies finished in FOLDER is taken as it is; one that
was interrupted goes on. MNIST and Fashion-MNIST are found in `CNNVIZ_DATA`, or downloaded. A recipe with
`ships = false` leaves its weights in FOLDER: they are too large to come with the project.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from cnnviz.accelerate.malloc import keep_freed_memory  # noqa: E402
from cnnviz.checkpoints.card import CARD, Card  # noqa: E402
from cnnviz.checkpoints.weights import build_network, save_weights  # noqa: E402
from cnnviz.runs.atomic_files import replace_json  # noqa: E402
from cnnviz.runs.checkpoint import NAME, read_weights  # noqa: E402
from cnnviz.runs.commands import CommandQueue  # noqa: E402
from cnnviz.runs.environment import read_environment  # noqa: E402
from cnnviz.runs.folder import make_folder, read_folder  # noqa: E402
from cnnviz.runs.limits import limits  # noqa: E402
from cnnviz.runs.run_plan import RunPlan  # noqa: E402
from cnnviz.runs.run_record import RunRecord  # noqa: E402
from cnnviz.runs.run_training import train_run  # noqa: E402
from cnnviz.trace import trace  # noqa: E402
from cnnviz.train import Evaluation, TrainConfig, evaluate, resolve_machine  # noqa: E402
from cnnviz.train.batch_preparation import BatchPreparation  # noqa: E402

RECIPES = HERE / "recipes.toml"
LOSS = 0.0005
"""Accuracy that half precision may cost; beyond it the file keeps float32."""


def recipes(path: Path = RECIPES) -> dict[str, dict[str, Any]]:
    """What `make` takes, by the name of the checkpoint; on one thread, which every machine has."""
    with path.open("rb") as file:
        return {
            name: {**given, "settings": {"threads": 1, **given["settings"]}}
            for name, given in tomllib.load(file).items()
        }


def make(name: str, given: Mapping[str, Any], runs: Path, folder: Path = HERE) -> Card:
    """Trains one network in `runs`, unless it lies there finished, and writes its two files into `folder`.

    `given` is what `RunPlan.parse` takes, and `ships`: where it is false the weights stay with the run.

    Raises:
        UserError: what cannot be trained.
        SystemExit: a training that failed.
    """
    record = run(name, plan(given), runs)
    home = folder if given.get("ships", True) else record.folder
    exact, half = (describe(name, record, home, precision) for precision in ("float32", "float16"))
    card = half if half.test_accuracy >= exact.test_accuracy - LOSS else describe(name, record, home, "float32")
    replace_json(folder / f"{name}{CARD}", card.as_json())
    return Card.read(folder / f"{name}{CARD}")


def plan(given: Mapping[str, Any]) -> RunPlan:
    """The training of a recipe."""
    return RunPlan.parse({key: value for key, value in given.items() if key != "ships"})


def run(name: str, plan: RunPlan, runs: Path) -> RunRecord:
    """The finished run of a plan, trained now as far as it is not."""
    path = runs / name
    record = read_folder(path) if (path / "config.json").exists() else make_folder(path, plan, name)
    if record.plan.config != plan.config or record.plan.architecture != plan.architecture:
        raise SystemExit(f"{path} holds a run with other settings; remove it, or name another folder with --runs")
    if record.status != "finished":
        status, reason = train_run(path, record.plan, CommandQueue(), limits(), print_epoch)
        if status != "finished":
            raise SystemExit(f"{name}: {status}. {reason or ''}")
    return read_folder(path)


def print_epoch(event: Mapping[str, Any]) -> None:
    """A line for every epoch."""
    if event["event"] == "epoch":
        print(f"  epoch {event['epoch']}: test accuracy {event['test_accuracy']:.4f}", flush=True)


def describe(name: str, record: RunRecord, folder: Path, precision: str) -> Card:
    """Writes the file of weights and measures what its card says, from the file as it is."""
    plan = record.plan
    size, digest = save_weights(folder / f"{name}.safetensors", read_weights(record.folder), precision)
    machine, versions = read_environment(record.folder)
    shape = trace(plan.network("meta"), plan.input_shape)
    card = Card(
        name=name,
        architecture=plan.architecture,
        options=plan.options,
        input_shape=plan.input_shape,
        num_classes=plan.num_classes,
        num_params=shape.num_params,
        macs=shape.macs,
        dataset=plan.dataset,
        settings=plan.config.as_json(),
        epochs=plan.config.epochs,
        seed=plan.config.seed,
        limit=plan.limit,
        command=plan.command(),
        test_accuracy=0.0,
        test_loss=0.0,
        confusion=(),
        seconds=record.seconds,
        images_per_second=record.images_per_second or 0.0,
        machine=machine,
        versions=versions,
        precision=precision,
        bytes=size,
        sha256=digest,
        folder=folder,
    )
    result = measure(card, plan)
    return Card(
        **{
            **card.as_json(),
            "input_shape": card.input_shape,
            "test_accuracy": result.accuracy,
            "test_loss": result.loss,
            "confusion": result.confusion,
            "folder": folder,
        }
    )


def measure(card: Card, plan: RunPlan) -> Evaluation:
    """The network of a card on the whole test split of its set."""
    network = build_network(card)
    _, test_set = RunPlan.stored({**plan.as_json(), "limit": None}).images()
    machine = resolve_machine(TrainConfig(device="cpu", precision="float32"), network)
    result = evaluate(network, test_set, BatchPreparation(card.input_shape[1]), machine)
    assert result is not None  # nobody stops it
    return result


def main() -> None:
    """The command line."""
    known = recipes()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--runs", type=Path, default=HERE.parent / "runs", help="where the trainings are kept")
    arguments = parser.parse_args()
    for name in arguments.names or known:
        if name not in known:
            parser.error(f"no recipe called {name}; choose from {', '.join(known)}")
    keep_freed_memory()
    for name in arguments.names or known:
        print(name, flush=True)
        card = make(name, known[name], arguments.runs.expanduser().absolute())
        print(f"  {card.test_accuracy:.4f} on {card.dataset}, {card.bytes:,} bytes, {NAME} in {card.seconds:.0f} s")
    print(json.dumps({"made": arguments.names or list(known)}))


if __name__ == "__main__":
    main()
