"""Every family, made narrow, against a plain loop in torch: same weights, minibatches and losses."""

import copy

import pytest
import torch
from torch import nn

from cnnviz import zoo
from cnnviz.train import StepReport, TrainConfig, Training
from cnnviz.train.batch_preparation import BatchPreparation
from cnnviz.train.seeding import draw_seed, epoch_order
from tests.train.small import patterns

FORMS = {
    "lenet": ({}, 28, 0.9),
    "alexnet": ({"width": 0.125, "hidden": 32}, 67, 0.05),
    "vgg": ({"width": 0.125, "hidden": 32}, 32, 0.05),
    "nin": ({"width": 0.25}, 67, 0.1),
    "googlenet": ({"width": 0.125}, 32, 0.1),
    "resnet": ({"width": 0.125}, 32, 0.05),
    "densenet": ({"width": 0.25}, 32, 0.1),
    "mobilenet": ({"width": 0.125}, 32, 0.02),
}
IMAGES, STEPS, BATCH = 44, 9, 8  # six minibatches an epoch, the last of four images


def test_every_family_is_compared():
    assert set(FORMS) >= set(zoo.ARCHITECTURES)


@pytest.mark.parametrize("name", FORMS)
def test_the_first_losses_are_those_of_a_plain_loop_and_repeat_bit_for_bit(name):
    if name not in zoo.ARCHITECTURES:
        pytest.skip("not in the zoo")
    options, side, rate = FORMS[name]
    labelled = patterns(IMAGES, classes=3)
    config = TrainConfig(
        epochs=2, batch_size=BATCH, learning_rate=rate, image_size=side, device="cpu", precision="float32", seed=4
    )
    model = zoo.build(name, options, (1, side, side), 3)
    with Training(model, labelled, labelled, config) as training:
        first = copy.deepcopy(model)
        ours = [report.loss for report in training.run(steps=STEPS) if isinstance(report, StepReport)]
        training.rewind()
        again = [report.loss for report in training.run(steps=STEPS) if isinstance(report, StepReport)]
    assert ours == again
    assert ours == pytest.approx(plain_losses(first, labelled, config), abs=1e-3)


def plain_losses(model, labelled, config):
    """The course's loop in plain torch, on the same minibatches and with the same dropout."""
    optimizer = torch.optim.SGD(model.parameters(), lr=config.learning_rate)
    batches = [chosen for epoch in range(2) for chosen in epoch_order(config.seed, epoch, IMAGES).split(BATCH)]
    losses = []
    model.to(memory_format=torch.contiguous_format).train()
    for step, chosen in enumerate(batches[:STEPS]):
        torch.manual_seed(draw_seed(config.seed, "dropout", step))
        optimizer.zero_grad()
        logits = model(BatchPreparation(config.image_size)(labelled.images[chosen]))
        loss = nn.functional.cross_entropy(logits, labelled.labels[chosen])
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses
