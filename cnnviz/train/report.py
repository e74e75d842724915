"""The reports of a training while it runs: frozen records of plain numbers."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cnnviz.errors import UserError
from cnnviz.train.chance_level import Plateau
from cnnviz.train.machine import Machine

if TYPE_CHECKING:
    from cnnviz.train.layer_step import LayerStep


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts in equal bins from `low` to `high`."""

    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BatchNormReport:
    """Per channel: the statistics of this minibatch, the moving ones after it, and what was learned."""

    batch_mean: tuple[float, ...]
    batch_variance: tuple[float, ...]
    moving_mean: tuple[float, ...]
    moving_variance: tuple[float, ...]
    gamma: tuple[float, ...]
    beta: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LayerReport:
    """The statistics of one layer in one step; None for what the layer does not have."""

    name: str
    kind: str
    gradient_norm: float | None
    """Euclidean norm of the loss's gradient over the layer's weight."""
    weight_norm: float | None
    """Before the step."""
    update_ratio: float | None
    """Norm of the change of the weight over the norm of the weight."""
    dead_share: float | None
    """Of a ReLU: the share of its units that gave 0 for every image of the minibatch."""
    activations: Histogram | None
    weights: Histogram | None
    """After the step."""
    gradients: Histogram | None
    batch_norm: BatchNormReport | None


@dataclass(frozen=True, slots=True)
class StepDetail:
    """The details of one step: its images, and its layers."""

    indices: tuple[int, ...]
    """Which images of the training set it held."""
    loss_after: float
    """Of the same minibatch, with the same dropout, after the update."""
    layers: tuple[LayerReport, ...]
    recorded: "tuple[LayerStep, ...]" = field(default=(), compare=False)
    """Tensors of the layers, from which the update of each weight can be recomputed."""


@dataclass(frozen=True, slots=True)
class StartReport:
    """The machine and the length of a training; `step` is above 0 if it goes on from a saved state."""

    machine: Machine
    objective: str
    step: int
    steps: int
    steps_per_epoch: int
    epochs: int


@dataclass(frozen=True, slots=True)
class StepReport:
    """One minibatch."""

    epoch: int
    """From 1."""
    step: int
    """From 1, over all epochs."""
    loss: float
    """Mean over this minibatch, before its update."""
    accuracy: float
    """Share of this minibatch that was right, in [0, 1]."""
    epoch_loss: float
    """Mean over the epoch so far, as the course draws it."""
    epoch_accuracy: float
    learning_rate: float
    images_per_second: float
    """Of the epoch so far: wall clock, loading included, testing and the time between reports not."""
    seconds_left: float
    """Until the end of the training, testing included."""
    detail: StepDetail | None = None


@dataclass(frozen=True, slots=True)
class EpochReport:
    """One pass through the training set and the test after it."""

    epoch: int
    step: int
    train_loss: float
    """Mean over the epoch, as is the accuracy."""
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float
    """Of training."""
    test_seconds: float
    images_per_second: float
    seconds_left: float
    plateau: Plateau | None = None
    """Where its numbers are those of guessing."""


@dataclass(frozen=True, slots=True)
class EndReport:
    """The end of a training; `reason` says in one sentence why it failed."""

    status: Literal["finished", "cancelled", "failed"]
    step: int
    test_loss: float | None
    """Of the last test; None before the first."""
    test_accuracy: float | None
    images_per_second: float
    """Over the whole training."""
    seconds: float
    reason: UserError | None = None


Report = StartReport | StepReport | EpochReport | EndReport
