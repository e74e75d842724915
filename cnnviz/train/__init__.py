"""The training loop: any network on any image set, as a stream of reports.

Everything is loaded at its first use, so that importing this package does not import torch.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnviz.train.api import train as train
    from cnnviz.train.augment import AUGMENTATIONS as AUGMENTATIONS
    from cnnviz.train.batch_preparation import BatchPreparation as BatchPreparation
    from cnnviz.train.config import SETTINGS as SETTINGS
    from cnnviz.train.config import TrainConfig as TrainConfig
    from cnnviz.train.evaluation import Evaluation as Evaluation
    from cnnviz.train.evaluation import evaluate as evaluate
    from cnnviz.train.initialisers import INITIALISERS as INITIALISERS
    from cnnviz.train.machine import Machine as Machine
    from cnnviz.train.machine import resolve_machine as resolve_machine
    from cnnviz.train.optimizers import OPTIMIZERS as OPTIMIZERS
    from cnnviz.train.report import EndReport as EndReport
    from cnnviz.train.report import EpochReport as EpochReport
    from cnnviz.train.report import Report as Report
    from cnnviz.train.report import StartReport as StartReport
    from cnnviz.train.report import StepReport as StepReport
    from cnnviz.train.schedules import SCHEDULES as SCHEDULES
    from cnnviz.train.snapshot import Snapshot as Snapshot
    from cnnviz.train.training import Training as Training

_HOMES = {
    "AUGMENTATIONS": "augment",
    "SETTINGS": "config",
    "TrainConfig": "config",
    "Evaluation": "evaluation",
    "evaluate": "evaluation",
    "INITIALISERS": "initialisers",
    "Machine": "machine",
    "resolve_machine": "machine",
    "OPTIMIZERS": "optimizers",
    "BatchPreparation": "batch_preparation",
    "EndReport": "report",
    "EpochReport": "report",
    "Report": "report",
    "StartReport": "report",
    "StepReport": "report",
    "SCHEDULES": "schedules",
    "Snapshot": "snapshot",
    "Training": "training",
    "train": "api",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
