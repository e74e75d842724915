"""A model with its optimizer on its machine, and the training step of one minibatch."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from cnnviz.accelerate.cuda_graphs import GraphedForward, prefers_cuda_graphs
from cnnviz.errors import UserError
from cnnviz.train.config import TrainConfig
from cnnviz.train.layer_statistics import LayerStatisticsRecorder
from cnnviz.train.layer_step import LayerStep, StepRecorder
from cnnviz.train.machine import Machine
from cnnviz.train.objective import Objective
from cnnviz.train.optimizers import OPTIMIZERS
from cnnviz.train.report import LayerReport


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """The results of one step: tensors that stay on the device, so that no step waits for them."""

    loss: Tensor
    """Mean over the minibatch, before the update."""
    right: Tensor
    """The number of right answers."""
    count: int
    learning_rate: float
    loss_after: float | None = None
    layers: tuple[LayerReport, ...] = ()
    recorded: tuple[LayerStep, ...] = ()


class Engine:
    """Updates `model`'s weights from minibatches, at the learning rate `rate_at(steps done)`.

    Raises:
        UserError: `train_no_weights`.
    """

    def __init__(
        self,
        model: nn.Module,
        config: TrainConfig,
        machine: Machine,
        goal: Objective,
        rate_at: Callable[[int], float],
    ) -> None:
        self.model, self.machine = model, machine
        self._goal, self._smoothing = goal, config.label_smoothing
        self._weights = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
        if not self._weights:
            raise UserError("train_no_weights")
        self._config = config
        self._state = OPTIMIZERS[config.optimizer].state(config)
        self._optimizer = self._make_optimizer()
        self._rate_at = rate_at
        self.schedule_from(0)
        self._forward: Callable[[Tensor], Tensor] = torch.compile(model, dynamic=False) if config.compile else model
        if prefers_cuda_graphs(model, machine.device, machine.compiled):
            self._forward = GraphedForward(model, machine.autocast_uncached)

    def schedule_from(self, step: int) -> None:
        """Set the learning rate for the next step, `step` steps being done.

        The scheduler is `LambdaLR` for every schedule: torch's others compute a rate from the one before it, which a
        rate changed by hand, a rewind or a resumed run would have to undo; the factors equal theirs by test.
        """
        for group in self._optimizer.param_groups:
            group["initial_lr"] = 1.0  # what the rate multiplies; torch writes it only where it begins at 0
        self._scheduler = LambdaLR(self._optimizer, self._rate_at, last_epoch=step - 1)

    def train_step(
        self,
        inputs: Tensor,
        labels: Tensor,
        seed: int,
        check_loss: Callable[[Tensor], None],
        detailed: bool = False,
    ) -> StepOutcome:
        """Do one training step, with the dropout of `seed`.

        `check_loss` may refuse the loss before the update; `detailed` adds the layers' reports.
        """
        if not self.model.training:
            self.model.train()
        if isinstance(self._forward, GraphedForward) and not detailed:
            with self.machine.session(seed):
                self._forward.prepare(inputs)
        optimizer, scheduler = self._optimizer, self._scheduler
        (rate,) = scheduler.get_last_lr()
        with (
            self.machine.session(seed),
            LayerStatisticsRecorder(self.model) if detailed else nullcontext() as watch,
            StepRecorder(self.model) if detailed else nullcontext() as recorder,
        ):
            optimizer.zero_grad()
            logits = self._scores(self.model if detailed else self._forward, inputs)
            loss = self._goal.loss(logits, labels, self._smoothing)
            check_loss(loss)
            loss.backward()
            right = self._goal.right(logits.detach(), labels).sum()
            if watch and recorder:
                watch.before()
                recorder.before(lambda weight: optimizer.state.get(weight, {}))
            optimizer.step()
            layers = watch.after() if watch else ()
            recorded = recorder.after() if recorder else ()
            scheduler.step()
        after = self._loss_again(inputs, labels, seed) if detailed else None
        return StepOutcome(loss.detach(), right, len(labels), float(rate), after, layers, recorded)

    def forget_gradients(self) -> None:
        """Free the gradients."""
        self._optimizer.zero_grad()

    def _scores(self, forward: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
        with self.machine.autocast():
            return forward(inputs).float()

    def _loss_again(self, inputs: Tensor, labels: Tensor, seed: int) -> float:
        kept = {name: buffer.clone() for name, buffer in self.model.named_buffers()}
        with self.machine.session(seed), torch.no_grad():
            loss = self._goal.loss(self._scores(self.model, inputs), labels, self._smoothing)
            for name, buffer in self.model.named_buffers():
                buffer.copy_(kept[name])  # a look must not move the moving averages
        return float(loss)

    def optimizer_state(self) -> dict[str, Tensor]:
        """Return the tensors of the optimiser's `state_dict`, as "weight's name/tensor's name" -> tensor."""
        state = self._optimizer.state_dict()["state"]
        return {
            f"{name}/{kind}": tensor
            for index, (name, _) in enumerate(self._weights)
            for kind, tensor in state.get(index, {}).items()
        }

    def check_optimizer_state(self, tensors: Mapping[str, Tensor]) -> None:
        """Raise if `tensors` are not of this optimiser and these weights.

        Raises:
            UserError: `train_snapshot`.
        """
        shapes = {name: weight.shape for name, weight in self._weights}
        for key, tensor in tensors.items():
            name, _, kind = key.rpartition("/")
            expected = torch.Size() if kind == "step" else shapes.get(name)
            if name not in shapes or kind not in self._state or tensor.shape != expected:
                raise UserError("train_snapshot", layer=key)
        for name in {key.rpartition("/")[0] for key in tensors}:
            for kind in self._state:
                if f"{name}/{kind}" not in tensors:
                    raise UserError("train_snapshot", layer=f"{name}/{kind}")

    def restore(self, tensors: Mapping[str, Tensor], step: int) -> None:
        """Go on from `step` steps done with what `optimizer_state` returned there."""
        self._optimizer = self._make_optimizer()
        state = self._optimizer.state_dict()
        for index, (name, weight) in enumerate(self._weights):
            kept = {kind: tensors[f"{name}/{kind}"] for kind in self._state if f"{name}/{kind}" in tensors}
            if kept:
                state["state"][index] = {kind: _placed(tensor, weight) for kind, tensor in kept.items()}
        self._optimizer.load_state_dict(state)
        self.schedule_from(step)

    def _make_optimizer(self) -> torch.optim.Optimizer:
        return OPTIMIZERS[self._config.optimizer].make(self._weights, self._config)


def _placed(tensor: Tensor, weight: Tensor) -> Tensor:
    """Return a copy on the weight's device and, if it has the weight's shape, in its memory layout."""
    if tensor.shape != weight.shape:
        return tensor.to(weight.device, copy=True)
    return torch.empty_like(weight.detach()).copy_(tensor)
