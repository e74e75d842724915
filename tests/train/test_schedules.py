import pytest
import torch
from torch.optim import lr_scheduler

from cnnviz.train import SCHEDULES, TrainConfig

EPOCHS, PER_EPOCH, RATE = 7, 5, 0.3
STEPS = EPOCHS * PER_EPOCH

THEIRS = {
    "constant": (lambda optimizer: lr_scheduler.ConstantLR(optimizer, factor=1), {}),
    "step": (
        lambda optimizer: lr_scheduler.StepLR(optimizer, 2 * PER_EPOCH, gamma=0.3),
        {"step_epochs": 2, "step_factor": 0.3},
    ),
    "cosine": (lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, STEPS), {}),
    "one-cycle": (lambda optimizer: lr_scheduler.OneCycleLR(optimizer, RATE, STEPS, cycle_momentum=False), {}),
}


def test_every_schedule_has_its_counterpart_in_torch():
    assert set(THEIRS) == set(SCHEDULES)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_gives_the_learning_rates_of_torch(name):
    make, settings = THEIRS[name]
    config = TrainConfig(schedule=name, learning_rate=RATE, epochs=EPOCHS, **settings)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = make(optimizer)
    for step in range(STEPS):
        ours = RATE * SCHEDULES[name].factor(step, STEPS, PER_EPOCH, config)
        assert ours == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9, abs=1e-12)
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("steps", range(1, 12))
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_of_a_few_steps_never_leaves_zero_to_one(name, steps):
    assert all(0 <= SCHEDULES[name].factor(step, steps, steps, TrainConfig()) <= 1 for step in range(steps))
