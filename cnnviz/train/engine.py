"""A model with its optimiser on its machine: one minibatch forward, backward and updated."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnviz.train.config import TrainConfig
from cnnviz.train.machine import Machine
from cnnviz.train.objective import Objective
from cnnviz.train.optimizers import OPTIMIZERS
from cnnviz.train.report import LayerReport
from cnnviz.train.watch import Watch


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one minibatch gave; tensors that stay on the device, so that nothing waits for them."""

    loss: Tensor
    """Its mean, before the update."""
    right: Tensor
    """How many images were right."""
    count: int
    loss_after: float | None = None
    layers: tuple[LayerReport, ...] = ()


class Engine:
    """Turns minibatches into updates of `model`'s weights."""

    def __init__(self, model: nn.Module, config: TrainConfig, machine: Machine, goal: Objective) -> None:
        self.model, self.machine = model, machine
        self._goal, self._smoothing = goal, config.label_smoothing
        self._config, self._optimizer = config, OPTIMIZERS[config.optimizer]
        self._weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        self._memory: dict[str, dict[str, Tensor]] = {}
        compiled = torch.compile(model, dynamic=False) if config.compile else model
        self._forward: Callable[[Tensor], Tensor] = compiled

    def learn(
        self,
        inputs: Tensor,
        labels: Tensor,
        rate: float,
        seed: int,
        accept: Callable[[Tensor], None],
        closely: bool = False,
    ) -> Outcome:
        """One step at learning rate `rate`, with the dropout that `seed` gives.

        `accept` may refuse the loss before anything has moved; `closely` adds the layers' reports.
        """
        if not self.model.training:
            self.model.train()
        with self.machine.work(seed), Watch(self.model) if closely else nullcontext() as watch:
            self.forget_gradients()
            logits = self._scores(self.model if closely else self._forward, inputs)
            loss = self._goal.loss(logits, labels, self._smoothing)
            accept(loss)
            loss.backward()
            right = self._goal.right(logits.detach(), labels).sum()
            if watch:
                watch.before()
            self._update(rate)
            layers = watch.after() if watch else ()
        after = self._loss_again(inputs, labels, seed) if closely else None
        return Outcome(loss.detach(), right, len(labels), after, layers)

    def forget_gradients(self) -> None:
        """Frees the gradients."""
        for weight in self._weights.values():
            weight.grad = None

    def _update(self, rate: float) -> None:
        moved = {name: weight for name, weight in self._weights.items() if weight.grad is not None}
        kinds = self._optimizer.remembers(self._config)
        for name, weight in moved.items():
            if name not in self._memory:
                self._memory[name] = {kind: _blank(kind, weight) for kind in kinds}
        memory = {kind: [self._memory[name][kind] for name in moved] for kind in kinds}
        gradients = [weight.grad for weight in moved.values() if weight.grad is not None]
        with torch.no_grad():
            self._optimizer.update(list(moved.values()), gradients, memory, rate, self._config)

    def _scores(self, forward: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
        with self.machine.arithmetic():
            return forward(inputs).float()

    def _loss_again(self, inputs: Tensor, labels: Tensor, seed: int) -> float:
        kept = {name: buffer.clone() for name, buffer in self.model.named_buffers()}
        with self.machine.work(seed), torch.no_grad():
            loss = self._goal.loss(self._scores(self.model, inputs), labels, self._smoothing)
            for name, buffer in self.model.named_buffers():
                buffer.copy_(kept[name])  # a look must not move the moving averages
        return float(loss)

    def optimizer_state(self) -> dict[str, Tensor]:
        """What the optimiser remembers, as "weight's name/what" -> tensor."""
        return {f"{name}/{kind}": tensor for name, kinds in self._memory.items() for kind, tensor in kinds.items()}

    def load_optimizer_state(self, tensors: dict[str, Tensor]) -> None:
        """Takes back what `optimizer_state` gave."""
        self._memory.clear()
        for key, value in tensors.items():
            name, _, kind = key.rpartition("/")
            self._memory.setdefault(name, {})[kind] = _blank(kind, self._weights[name]).copy_(value)


def _blank(kind: str, weight: Tensor) -> Tensor:
    # in the weight's own memory layout, which the kernels count on
    return torch.zeros((), device=weight.device) if kind == "step" else torch.zeros_like(weight.detach())
