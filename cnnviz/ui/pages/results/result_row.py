"""One line of the results: a network that comes with the app, or a finished run of the user's."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from cnnviz.checkpoints import Card
from cnnviz.data import dataset
from cnnviz.errors import UserError
from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.run import LISTED_TESTABLE
from cnnviz.models.weights import WeightsRef
from cnnviz.runs.environment import read_environment
from cnnviz.runs.run_record import RunRecord
from cnnviz.text import Text
from cnnviz.train.ranking import RankedSetting
from cnnviz.ui.inputs import run_queue
from cnnviz.zoo import architecture


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """The cost and the results of one training."""

    name: str
    """The checkpoint's, or the run's id."""
    label: str
    model: TrainedModel
    num_params: int
    macs: int
    """Multiply-adds for one image."""
    test_accuracy: float
    """Share of the test images that is right, in [0, 1]."""
    test_loss: float
    epochs: int
    seconds: float
    """Of training, testing included."""
    images_per_second: float
    """In training, wall clock, loading included and testing not."""
    machine: str
    versions: Mapping[str, str]
    command: str
    """Makes it again."""
    bytes: int | None = None
    """Size of the file of weights; None for a run."""

    @property
    def architecture(self) -> str:
        """Its family's name."""
        return self.model.spec.architecture

    @property
    def dataset(self) -> str:
        """The image set that it was trained and tested on."""
        return self.model.info.dataset

    @property
    def seconds_per_epoch(self) -> float:
        """The seconds of an epoch, testing included."""
        return self.seconds / self.epochs

    @property
    def own(self) -> bool:
        """True for a run of the user's."""
        return self.model.source.is_users


def has_learned(row: ResultRow) -> bool:
    """Return whether the network does better than guessing, as far as its test images tell; so does any network where
    an image may have several classes."""
    images, training = dataset(row.dataset), row.model.info.training
    if images.multi_label:
        return True
    limit = training.limit if training is not None else None
    count = min(limit or images.num_test, images.num_test)
    return bool(RankedSetting(row.label, (row.test_accuracy,), count, row.model.spec.num_classes).learned)


def short_name(card: Card) -> str:
    """Return the checkpoint's name without its set: `resnet-18`."""
    return card.name.removesuffix(f"-{card.dataset}")


def row_label(card: Card) -> str:
    """Return the network's title and its variant: "LeNet BN", "VGG small 224"."""
    variant = short_name(card).removeprefix(card.architecture).strip("-").replace("bn", "BN").replace("-", " ")
    return f"{architecture(card.architecture).title} {variant}".strip()


def row_of_card(card: Card) -> ResultRow:
    """Return the row of a network that comes with the app."""
    return ResultRow(
        name=card.name,
        label=row_label(card),
        model=TrainedModel.of(WeightsRef("checkpoint", card.name)),
        num_params=card.num_params,
        macs=card.macs,
        test_accuracy=card.test_accuracy,
        test_loss=card.test_loss,
        epochs=card.epochs,
        seconds=card.seconds,
        images_per_second=card.images_per_second,
        machine=card.machine,
        versions=card.versions,
        command=card.command,
        bytes=card.bytes,
    )


def row_of_run(record: RunRecord, t: Text) -> ResultRow:
    """Return the row of a finished run with its last test.

    Raises:
        UserError: `run_damaged`.
    """
    machine, versions = read_environment(record.folder)
    model = TrainedModel.of(WeightsRef("run", record.id))
    network = model.spec.trace()
    told = t("own.limited", count=f"{record.plan.limit:,}") if record.plan.limit else ""
    return ResultRow(
        name=record.id,
        label=t("own.label", name=record.title) + told,
        model=model,
        num_params=network.num_params,
        macs=network.macs,
        test_accuracy=record.test_accuracy or 0.0,
        test_loss=record.test_loss or 0.0,
        epochs=record.epoch,
        seconds=record.seconds,
        images_per_second=record.images_per_second or 0.0,
        machine=machine,
        versions=versions,
        command=record.plan.command(),
    )


def user_rows() -> list[RunRecord]:
    """Return the user's newest runs that were trained to their end and tested, and whose images are still known."""
    try:
        records = run_queue.users_runs()[:LISTED_TESTABLE]
    except UserError:
        return []
    found = []
    for record in records:
        if record.status == "finished" and record.test_accuracy is not None and record.epoch:
            with suppress(UserError):  # a set of the reader's that was removed
                dataset(record.plan.dataset)
                found.append(record)
    return found
