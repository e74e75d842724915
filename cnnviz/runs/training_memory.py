"""The memory that a training takes, before it begins."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnviz.errors import UserError

if TYPE_CHECKING:
    from cnnviz.runs.run_plan import RunPlan

MEGABYTE = 1_000_000
PROCESS = 200
"""Megabytes of a worker beside its training: Python, torch and the images."""
SCRATCH = 1.4
"""Times what is kept for the backward pass: the buffers of single operations and what the C library holds back.

Measured at 96×96 with the peaks of DenseNet, ResNet, GoogLeNet and NiN, whose factors are 1.22 to 1.37.
"""


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """Megabytes of a training."""

    fixed: float
    """Whatever the batch size: the process, weights, gradients and what the optimizer remembers."""
    per_image: float
    """Activations of one image of a minibatch, kept for the backward pass."""

    def of(self, batch_size: int) -> float:
        """Return the megabytes with minibatches of `batch_size` images."""
        return self.fixed + batch_size * self.per_image


def training_memory(plan: "RunPlan") -> TrainingMemory:
    """Return about what a training of `plan` takes, from its network's layers; nothing is computed.

    Raises:
        UserError: a network that cannot be traced.
    """
    from cnnviz.trace import memory, trace

    optimizer = plan.config.optimizer
    remembers = "momentum" if optimizer == "sgd" else "adam"
    train = memory(trace(plan.network("meta"), plan.input_shape), 1, remembers).train
    fixed = train.total - train.activations
    return TrainingMemory(PROCESS + SCRATCH * fixed / MEGABYTE, SCRATCH * train.activations / MEGABYTE)


def check_training_memory(plan: "RunPlan", most: int, variable: str) -> None:
    """Raise for a training of more than `most` megabytes.

    Raises:
        UserError: `run_training_batch` where a smaller batch fits, else `run_training_memory`.
    """
    needs, batch_size = training_memory(plan), plan.config.batch_size
    if needs.of(batch_size) <= most:
        return
    words = {"needed": f"{needs.of(batch_size):,.0f}", "most": f"{most:,}", "variable": variable}
    batch = int((most - needs.fixed) / needs.per_image)
    if batch >= 2:  # batch normalization needs two
        raise UserError("run_training_batch", batch=batch, **words)
    raise UserError("run_training_memory", **words)
