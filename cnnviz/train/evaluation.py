"""Loss, accuracy and confusion of a network on a whole set."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnviz.train.batch_preparation import BatchPreparation, LabelledImages
from cnnviz.train.confusion import confusion_counts
from cnnviz.train.eval_mode import evaluation_mode
from cnnviz.train.machine import Machine
from cnnviz.train.objective import objective_for


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Loss, accuracy and confusion over a whole set, in evaluation mode."""

    loss: float
    accuracy: float
    """Share of right answers, in [0, 1]; with several labels an answer is right when every class is."""
    confusion: tuple[tuple[int, ...], ...]
    """[label][prediction] counts; with several labels a row per class: true negatives, false positives, false
    negatives, true positives."""
    seconds: float
    images_per_second: float


def never_stop() -> bool:
    """Return False: the `stop` of a computation that runs to its end."""
    return False


def evaluate(
    model: nn.Module,
    labelled: LabelledImages,
    preparation: BatchPreparation,
    machine: Machine,
    batch_size: int = 256,
    stop: Callable[[], bool] = never_stop,
) -> Evaluation | None:
    """Evaluate `model`, on its own device, on every image of the set; return None once `stop()` is true."""
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    goal = objective_for(labelled.labels)
    start = time.perf_counter()
    losses, right, confusion = [], [], None
    with machine.session(0), evaluation_mode(model), torch.inference_mode():
        for first in range(0, len(labelled.images), batch_size):
            if stop():
                return None
            labels = labelled.labels[first : first + batch_size].to(device)
            inputs = preparation(labelled.images[first : first + batch_size].to(device))
            with machine.autocast():
                logits: Tensor = model(inputs)
            logits = logits.float()
            losses.append(goal.loss(logits, labels, 0.0) * len(labels))
            right.append(goal.right(logits, labels).sum())
            counts = confusion_counts(logits, labels)
            confusion = counts if confusion is None else confusion + counts
        total, correct = torch.stack(losses).double().cpu().sum(), torch.stack(right).sum()
    count = len(labelled.images)
    seconds = time.perf_counter() - start
    rows = () if confusion is None else tuple(tuple(row) for row in confusion.tolist())
    return Evaluation(
        loss=float(total) / count,
        accuracy=int(correct) / count,
        confusion=rows,
        seconds=seconds,
        images_per_second=count / seconds,
    )
