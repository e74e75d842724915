"""Comparison of our losses with those of a plain loop in PyTorch, from the same weights, minibatches and dropout.

The first twenty in float32 step by step; later ones, where every rounding has grown, by their mean with bfloat16.
"""

import copy
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from math import nan

import torch
from torch import nn

from cnnviz import zoo
from cnnviz.bench.bfloat16_emulation import Bfloat16Emulation
from cnnviz.bench.train import CASES, find_case
from cnnviz.data import dataset
from cnnviz.train import StepReport, TrainConfig, Training, resolve_machine
from cnnviz.train.batch_preparation import BatchPreparation, LabelledImages
from cnnviz.train.initialisers import initialise
from cnnviz.train.seeding import draw_seed, epoch_order

FIRST = 20
LATE = slice(79, 100)
"""Steps 80 to 100."""


@dataclass(frozen=True, slots=True)
class LossComparison:
    """The losses of one network in training, ours against the plain loop's in float32."""

    name: str
    batch_size: int
    first: float
    """The largest difference of the first twenty, ours in float32."""
    plain_late: float
    """The mean of steps 80 to 100."""
    bfloat16_late: float
    """The same, ours with bfloat16."""
    rounding: bool
    """Whether bfloat16 was `Bfloat16Emulation` between float32's sums, the processor having no instructions for it."""

    @property
    def late(self) -> float:
        """Return the difference of the two means as a fraction of the plain one."""
        return abs(self.bfloat16_late - self.plain_late) / self.plain_late


def run(names: tuple[str, ...] = tuple(CASES), batch_size: int = 0, device: str = "cpu") -> Iterator[LossComparison]:
    """Compare the losses of every network of `names`, by its recipe; `batch_size` 0 means the recipe's.

    A training that ends early, its loss not finite, gives nan.

    Raises:
        UserError: `bench_case` for an unknown network, `train_device` for a device that is not there.
    """
    for case in [find_case(name) for name in names]:
        recipe = case.recipe
        size = recipe.image_size
        batch = batch_size or recipe.batch_size
        images = dataset("fashion_mnist").load("train", limit=LATE.stop * batch)
        config = TrainConfig(
            epochs=LATE.stop,
            batch_size=batch,
            learning_rate=recipe.learning_rate,
            image_size=size,
            device=device,
            precision="float32",
        )
        network = zoo.build(case.architecture, case.options, (1, size, size), 10)
        initialise(network, config.init, draw_seed(config.seed, "init", 0))  # as each training does by itself
        plain = list(islice(plain_losses(copy.deepcopy(network), images, config), LATE.stop))
        exact = our_losses(copy.deepcopy(network), images, config, FIRST)
        machine = resolve_machine(config, network)
        rounding = machine.device == "cpu" and not machine.has_bfloat16
        with Bfloat16Emulation() if rounding else nullcontext():
            coarse = our_losses(network, images, replace(config, precision="bfloat16"), LATE.stop)
        apart = [abs(ours - theirs) for ours, theirs in zip(exact, plain, strict=False)]
        yield LossComparison(
            case.name, batch, max(apart) if len(apart) == FIRST else nan, _mean(plain), _mean(coarse), rounding
        )


def our_losses(network: nn.Module, images: LabelledImages, config: TrainConfig, steps: int) -> list[float]:
    """Return the losses of the first `steps` minibatches of a `Training`; fewer if it failed."""
    one = dataset("fashion_mnist").load("test", limit=1)  # the test accuracy is not used
    with Training(network, images, one, config, rewindable=False) as training:
        return [report.loss for report in training.run(steps=steps) if isinstance(report, StepReport)]


def plain_losses(network: nn.Module, images: LabelledImages, config: TrainConfig) -> Iterator[float]:
    """Yield the losses of the course's loop: the network as it is, in float32, with torch's own SGD."""
    device = resolve_machine(config, network).device
    prepare = BatchPreparation(config.image_size)
    network.to(device).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=config.learning_rate)
    pixels, labels = images.images.to(device), images.labels.to(device)
    step = 0
    for epoch in range(config.epochs):
        for chosen in epoch_order(config.seed, epoch, len(images.images)).split(config.batch_size):
            torch.manual_seed(draw_seed(config.seed, "dropout", step))
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(prepare(pixels[chosen])), labels[chosen])
            loss.backward()
            optimizer.step()
            step += 1
            yield float(loss.detach())


def _mean(losses: list[float]) -> float:
    late = losses[LATE]
    return sum(late) / len(late) if len(losses) == LATE.stop else nan
