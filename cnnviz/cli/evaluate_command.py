"""`evaluate`: a trained network on the test images of a set."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnviz.cli.network_argument import build_network, find_model
from cnnviz.cli.output import print_json, print_line
from cnnviz.cli.text_table import aligned
from cnnviz.data.image_count import IMAGE_COUNT
from cnnviz.errors import UserError
from cnnviz.text import Text

if TYPE_CHECKING:
    from cnnviz.data import Dataset
    from cnnviz.train import Evaluation

MULTI_LABEL = ("true_negatives", "false_positives", "false_negatives", "true_positives")


def add_arguments(parser: ArgumentParser) -> None:
    """Add `CHECKPOINT`, `--network`, `--dataset`, `--data-dir`, `--limit` and `--json`."""
    parser.add_argument("checkpoint", nargs="?")
    for flag in ("--network", "--dataset", "--data-dir", "--limit"):
        parser.add_argument(flag)
    parser.add_argument("--json", action="store_true")


def run(arguments: Namespace, t: Text) -> None:
    """Print accuracy, loss and confusion over the test split, or its first images.

    Raises:
        UserError: a wrong call, images that are not there, or a network that does not fit them.
    """
    if arguments.checkpoint is None:
        raise UserError("argument_missing", command="evaluate", argument="CHECKPOINT", help="python -m cnnviz list")
    limit = None if arguments.limit is None else IMAGE_COUNT.parse(arguments.limit, "--limit")
    from cnnviz.data import dataset
    from cnnviz.train import TrainConfig, evaluate, resolve_machine

    model = find_model(arguments.checkpoint, arguments.network, t.language)
    if not (arguments.dataset or model.info.dataset):
        raise UserError("argument_missing", command="evaluate", argument="--dataset", help="python -m cnnviz list")
    entry = dataset(arguments.dataset or model.info.dataset)
    if entry.input_shape[0] != model.spec.input_shape[0] or entry.num_classes != model.spec.num_classes:
        raise UserError(
            "evaluate_fit",
            name=model.weights.name,
            dataset=entry.name,
            channels=model.spec.input_shape[0],
            classes=model.spec.num_classes,
            set_channels=entry.input_shape[0],
            set_classes=entry.num_classes,
        )
    images = entry.load("test", arguments.data_dir, limit)
    network = build_network(model)
    machine = resolve_machine(TrainConfig(device="cpu", precision="float32"), network)
    result = evaluate(network, images, model.batch_preparation(), machine)
    assert result is not None  # nobody stops it
    if arguments.json:
        print_json(document(result))
    else:
        print_line(table(result, entry, t))


def document(result: "Evaluation") -> dict[str, object]:
    """Return the document of `evaluate --json`."""
    return {
        "accuracy": result.accuracy,
        "loss": result.loss,
        "confusion": [list(row) for row in result.confusion],
        "images_per_second": result.images_per_second,
    }


def table(result: "Evaluation", entry: "Dataset", t: Text) -> str:
    """Return accuracy and loss in words, and the confusion with the names of the classes."""
    names = entry.class_names(t.language)
    heads: Sequence[str] = (
        [t(f"evaluate.{kind}") for kind in MULTI_LABEL]
        if entry.multi_label
        else [str(index) for index in range(len(names))]
    )
    rows = [
        [f"  {index} {name}", *map(str, counts)]
        for index, (name, counts) in enumerate(zip(names, result.confusion, strict=True))
    ]
    said = t(
        "evaluate.said",
        accuracy=f"{result.accuracy:.4f}",
        loss=f"{result.loss:.4f}",
        speed=f"{result.images_per_second:.0f}",
    )
    lead = t("evaluate.counts" if entry.multi_label else "evaluate.confusion")
    return "\n".join([said, lead, aligned([["", *heads], *rows], right=range(1, len(heads) + 1))])
