"""Validation of image sets and network before the first step."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.train.batch_preparation import BatchPreparation, LabelledImages
from cnnviz.train.config import TrainConfig


def check_sets(training_set: LabelledImages, test_set: LabelledImages, config: TrainConfig) -> None:
    """Raise if no epoch can be made of these sets.

    Raises:
        UserError: an empty set, labels of two kinds, or a batch larger than the training set.
    """
    for which, labelled in (("training", training_set), ("test", test_set)):
        if len(labelled.images) == 0 or len(labelled.images) != len(labelled.labels):
            raise UserError(f"train_empty_{which}", images=len(labelled.images), labels=len(labelled.labels))
    if training_set.labels.shape[1:] != test_set.labels.shape[1:]:
        raise UserError("train_labels", training=tuple(training_set.labels.shape), test=tuple(test_set.labels.shape))
    if config.batch_size > len(training_set.images):
        raise UserError("train_batch", batch_size=config.batch_size, images=len(training_set.images))


def check_fit(model: nn.Module, images: Tensor, labels: Iterable[Tensor], preparation: BatchPreparation) -> None:
    """Raise if `model`, in evaluation mode, cannot read the images or has too few outputs.

    Raises:
        UserError: `train_forward` or `train_classes`.
    """
    sample = preparation(images[:1])
    try:
        with torch.no_grad():
            logits: Tensor = model(sample)
    except (RuntimeError, ValueError) as error:
        shape = "×".join(map(str, sample.shape[1:]))
        raise UserError("train_forward", shape=shape, why=str(error).splitlines()[0].rstrip(".")) from error
    outputs = logits.shape[1] if logits.dim() == 2 else 0
    for some in labels:
        several = some.dim() == 2
        needed = some.shape[1] if several else int(some.max()) + 1
        if outputs < needed or (several and outputs != needed):
            raise UserError("train_classes", outputs=outputs, classes=needed)
