"""One training from its start to its end as an iterator of reports."""

from collections.abc import Iterator
from contextlib import closing

from torch import nn

from cnnviz.train.batch_preparation import LabelledImages
from cnnviz.train.config import TrainConfig
from cnnviz.train.report import Report
from cnnviz.train.snapshot import Snapshot
from cnnviz.train.training import Training


def train(
    model: nn.Module,
    training_set: LabelledImages,
    test_set: LabelledImages,
    config: TrainConfig,
    snapshot: Snapshot | None = None,
) -> Iterator[Report]:
    """Train `model` in place and yield a report of every step and epoch: a StartReport first, an EndReport last.

    Leaving the iterator early leaves the model trained so far, on its own device and in its own mode. A model that
    others use must be copied before. A loss that is NaN or infinite ends in an EndReport that says so.

    Raises:
        UserError: what cannot be trained, before the first report.
    """
    with Training(model, training_set, test_set, config, rewindable=False) as training:
        if snapshot is not None:
            training.restore(snapshot)
        with closing(training.run()) as reports:
            yield from reports
