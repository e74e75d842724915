import dataclasses
import json
import math

import pytest
import torch
from torch import nn

from cnnviz.errors import UserError
from cnnviz.train import (
    OPTIMIZERS,
    SCHEDULES,
    EndReport,
    EpochReport,
    Snapshot,
    StartReport,
    StepReport,
    TrainConfig,
    Training,
    train,
)
from cnnviz.train.seeding import epoch_order
from tests.train.small import small_network

STEPS_PER_EPOCH = 7  # 100 images by 16: six minibatches and the smaller last one

RECIPES = [
    {},
    {"optimizer": "adam", "learning_rate": 0.01},
    {"optimizer": "adamw", "learning_rate": 0.01, "weight_decay": 0.1},
    {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01, "schedule": "cosine"},
    {"augment": ("crop", "flip", "colour"), "schedule": "one-cycle", "label_smoothing": 0.1},
    {"standardise": True, "init": "he", "image_size": 16, "learning_rate_changes": ((3, 0.02), (9, 0.05))},
    {"layout": "channels-last", "momentum": 0.9},
    {"precision": "bfloat16", "layout": "channels-last", "optimizer": "adam", "learning_rate": 0.01},
]


@pytest.fixture(params=RECIPES, ids=lambda recipe: ",".join(recipe) or "plain")
def recipe(request, config):
    return dataclasses.replace(config, **request.param)


def fresh(config, side=12):
    if config.image_size:
        side = config.image_size
    model = small_network().eval()
    model[-1] = nn.Linear(8 * (side // 2) ** 2, 3)
    with torch.no_grad():
        model[-1].weight.copy_(torch.linspace(-0.1, 0.1, model[-1].weight.numel()).view_as(model[-1].weight))
        model[-1].bias.zero_()
    return model.eval()


def curve(reports):
    """What a curve shows, without the clock."""
    clock = {"images_per_second", "seconds_left", "seconds", "test_seconds"}
    return [
        {key: value for key, value in dataclasses.asdict(report).items() if key not in clock}
        for report in reports
        if not isinstance(report, StartReport)
    ]


def equal_weights(first, second):
    return all(torch.equal(tensor, second.state_dict()[name]) for name, tensor in first.state_dict().items())


def test_a_training_reports_its_start_every_step_every_epoch_and_its_end(network, training_set, test_set, config):
    reports = list(train(network, training_set, test_set, config))
    kinds = [StartReport] + 2 * ([StepReport] * STEPS_PER_EPOCH + [EpochReport]) + [EndReport]
    assert [type(report) for report in reports] == kinds
    assert [report.step for report in reports if isinstance(report, StepReport)] == list(range(1, 15))
    assert reports[0].steps == 14
    assert reports[-1].status == "finished"
    assert reports[-1].test_accuracy == reports[-2].test_accuracy


def test_the_network_learns(network, training_set, test_set, config):
    *_, last = train(network, training_set, test_set, dataclasses.replace(config, epochs=6))
    assert last.test_accuracy > 0.9


def test_epoch_numbers_are_means_over_its_images_and_the_smaller_last_batch_counts_by_its_size(
    network, training_set, test_set, config
):
    reports = list(train(network, training_set, test_set, config))
    sizes = [16] * 6 + [4]
    first = [report for report in reports if isinstance(report, StepReport)][:STEPS_PER_EPOCH]
    epoch = next(report for report in reports if isinstance(report, EpochReport))
    assert epoch.train_loss == pytest.approx(sum(r.loss * n for r, n in zip(first, sizes, strict=True)) / 100)
    right = sum(report.accuracy * size for report, size in zip(first, sizes, strict=True))
    assert epoch.train_accuracy == pytest.approx(right / 100)
    assert first[2].epoch_loss == pytest.approx(sum(report.loss for report in first[:3]) / 3)


def test_test_numbers_are_those_of_the_plain_network_in_evaluation_mode(network, training_set, test_set, config):
    *_, last = train(network, training_set, test_set, config)
    with torch.no_grad():
        logits = network.eval()(test_set.images.float() / 255)
    loss = float(nn.functional.cross_entropy(logits, test_set.labels))
    assert last.test_loss == pytest.approx(loss, abs=1e-5)
    assert last.test_accuracy == float((logits.argmax(1) == test_set.labels).float().mean())


def test_in_bfloat16_the_test_numbers_are_those_of_autocast_and_the_losses_float32s_within_its_rounding(
    training_set, test_set, config
):
    coarse = dataclasses.replace(config, precision="bfloat16")
    model, exact = fresh(config), fresh(config)
    *reports, last = train(model, training_set, test_set, coarse)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        logits = model.eval()(test_set.images.float() / 255)
    assert logits.dtype == torch.bfloat16
    assert last.test_loss == pytest.approx(
        float(nn.functional.cross_entropy(logits.float(), test_set.labels)), abs=1e-5
    )
    ours, theirs = (
        [report.loss for report in some if isinstance(report, StepReport)]
        for some in (reports, train(exact, training_set, test_set, config))
    )
    assert ours == pytest.approx(theirs, abs=0.05)
    assert ours != theirs


def test_the_same_settings_give_the_same_curve_and_weights_bit_for_bit(recipe, training_set, test_set):
    first, second = fresh(recipe), fresh(recipe)
    curves = [curve(train(model, training_set, test_set, recipe)) for model in (first, second)]
    assert curves[0] == curves[1]
    assert equal_weights(first, second)


def test_another_seed_gives_another_curve(training_set, test_set, config):
    other = dataclasses.replace(config, seed=1)
    assert curve(train(fresh(config), training_set, test_set, config)) != curve(
        train(fresh(other), training_set, test_set, other)
    )


def test_draws_elsewhere_in_the_process_do_not_move_the_curve_nor_the_other_way_round(training_set, test_set, config):
    undisturbed = curve(train(fresh(config), training_set, test_set, config))
    model, disturbed = fresh(config), []
    torch.manual_seed(123)
    state = torch.get_rng_state()
    for report in train(model, training_set, test_set, config):
        assert torch.equal(torch.get_rng_state(), state)
        disturbed.append(report)
        torch.rand(3)
        state = torch.get_rng_state()
    assert curve(disturbed) == undisturbed


@pytest.mark.parametrize("pause", [1, 5, STEPS_PER_EPOCH, 10])
def test_pause_and_resume_equals_uninterrupted_bit_for_bit(recipe, pause, training_set, test_set):
    whole = fresh(recipe)
    expected = curve(train(whole, training_set, test_set, recipe))
    with Training(fresh(recipe), training_set, test_set, recipe) as training:
        before = curve(training.run(steps=pause))
        snapshot = training.snapshot()
    stored = Snapshot(
        {name: tensor.clone() for name, tensor in snapshot.tensors.items()}, json.loads(json.dumps(snapshot.facts))
    )
    resumed = fresh(recipe)
    nn.init.ones_(resumed[0].weight)  # nothing of the first process is left
    after = curve(train(resumed, training_set, test_set, TrainConfig.parse(stored.facts["config"]), stored))
    assert before + after == expected
    assert equal_weights(resumed, whole)


def test_a_run_left_in_the_middle_of_its_reports_goes_on_bit_for_bit(training_set, test_set, config):
    expected = curve(train(fresh(config), training_set, test_set, config))
    with Training(fresh(config), training_set, test_set, config) as training:
        seen = []
        for report in training.run():
            seen.append(report)
            if isinstance(report, StepReport) and report.step == STEPS_PER_EPOCH:  # before the epoch's test
                break
        seen += training.run()
    assert curve(seen) == expected


def test_rewinding_gives_the_same_run_again(recipe, training_set, test_set):
    with Training(fresh(recipe), training_set, test_set, recipe) as training:
        first = curve(training.run())
        training.rewind()
        assert training.progress.step == 0
        assert curve(training.run()) == first


def test_snapshot_tensors_are_contiguous_copies_that_later_steps_leave_alone(training_set, test_set, config):
    recipe = dataclasses.replace(config, momentum=0.9)
    with Training(fresh(recipe), training_set, test_set, recipe) as training:
        list(training.run(steps=2))
        snapshot = training.snapshot()
        kept = {name: tensor.clone() for name, tensor in snapshot.tensors.items()}
        list(training.run(steps=2))
    assert all(tensor.is_contiguous() and torch.equal(tensor, kept[name]) for name, tensor in snapshot.tensors.items())
    assert "optimizer.0.weight/momentum_buffer" in snapshot.tensors


def test_a_snapshot_of_another_network_is_refused_and_changes_nothing(training_set, test_set, config):
    with Training(fresh(config), training_set, test_set, config) as training:
        snapshot = training.snapshot()
        snapshot.tensors["model.0.weight"] = torch.zeros(1)
        before = training.snapshot()
        with pytest.raises(UserError, match=r"0\.weight"):
            training.restore(snapshot)
        after = training.snapshot()
        assert all(torch.equal(tensor, before.tensors[name]) for name, tensor in after.tensors.items())


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_each_step_tells_the_learning_rate_of_its_schedule(schedule, training_set, test_set, config):
    recipe = dataclasses.replace(config, schedule=schedule)
    rates = [
        report.learning_rate
        for report in train(fresh(recipe), training_set, test_set, recipe)
        if isinstance(report, StepReport)
    ]
    factor = SCHEDULES[schedule].factor
    assert rates == [0.1 * factor(step, 14, STEPS_PER_EPOCH, recipe) for step in range(14)]


def test_a_learning_rate_changed_by_hand_holds_from_the_next_step_and_is_repeated(training_set, test_set, config):
    with Training(fresh(config), training_set, test_set, config) as training:
        reports = list(training.run(steps=3))
        training.set_learning_rate(0.02)
        reports += training.run()
        repeat = training.repeat
    rates = [report.learning_rate for report in reports if isinstance(report, StepReport)]
    assert rates == [0.1] * 3 + [0.02] * 11
    assert curve(train(fresh(config), training_set, test_set, repeat)) == curve(reports)


@pytest.mark.parametrize("rate", [0, -1, 1e9, math.nan])
def test_an_impossible_learning_rate_by_hand_is_refused_and_the_old_one_stays(rate, training_set, test_set, config):
    with Training(fresh(config), training_set, test_set, config) as training:
        with pytest.raises(UserError, match="learning_rate"):
            training.set_learning_rate(rate)
        assert training.learning_rate == 0.1


def test_one_minibatch_and_one_epoch_can_be_stepped(training_set, test_set, config):
    with Training(fresh(config), training_set, test_set, config) as training:
        assert [type(report) for report in training.run(steps=1)] == [StartReport, StepReport]
        assert training.progress.step == 1
        rest = list(training.run(epochs=1))
        assert [type(report) for report in rest[-2:]] == [StepReport, EpochReport]
        assert (training.progress.epoch, training.progress.batch) == (1, 0)


def test_cancelling_ends_before_the_next_minibatch_and_the_run_can_go_on(training_set, test_set, config):
    expected = curve(train(fresh(config), training_set, test_set, config))
    with Training(fresh(config), training_set, test_set, config) as training:
        seen = []
        for report in training.run():
            seen.append(report)
            if isinstance(report, StepReport) and report.step == 4:
                training.cancel()
        assert seen[-1].status == "cancelled"
        assert seen[-1].step == 4
        assert curve(seen[:-1]) + curve(training.run()) == expected


def test_a_loss_that_is_no_number_ends_the_run_with_one_sentence_and_sound_weights(training_set, test_set, config):
    recipe = dataclasses.replace(config, learning_rate=100.0, optimizer="adam", epochs=20)
    model = nn.Sequential(nn.Flatten(), *(nn.Linear(144, 144) for _ in range(12)), nn.Linear(144, 3))
    *_, step, end = train(model, training_set, test_set, recipe)
    assert end.status == "failed"
    assert end.reason.key == "train_not_finite"
    assert "10" in str(end.reason)
    assert str(step.step + 1) in str(end.reason)
    assert all(torch.isfinite(weight).all() for weight in model.parameters())


def test_leaving_early_leaves_a_trained_and_usable_model_with_nothing_on_it(training_set, test_set, config):
    model = fresh(config)
    model[2].train()  # a mode of its own, to be found again
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    threads = torch.get_num_threads()
    recipe = dataclasses.replace(config, threads=threads + 1, watch_every=1)
    for report in train(model, training_set, test_set, recipe):
        if isinstance(report, StepReport) and report.step == 3:
            break
    del report
    assert [module.training for module in model] == [index == 2 for index in range(len(model))]
    assert not torch.equal(model[0].weight, before["0.weight"])
    assert all(weight.grad is None for weight in model.parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert all(weight.is_contiguous() for weight in model.parameters())
    assert torch.isfinite(model(test_set.images.float() / 255)).all()
    assert torch.get_num_threads() == threads


def test_a_layer_that_is_frozen_stays_as_it_is(training_set, test_set, config):
    model = fresh(config)
    model[0].requires_grad_(False)
    before = model[0].weight.clone()
    list(train(model, training_set, test_set, config))
    assert torch.equal(model[0].weight, before)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_moves_the_weights_as_torch_moves_them(name, training_set, test_set, config):
    settings = {"sgd": {"momentum": 0.9, "nesterov": True}}.get(name, {})
    recipe = dataclasses.replace(
        config, optimizer=name, learning_rate=0.01, weight_decay=0.05, init="default", **settings
    )
    ours, theirs = (nn.Sequential(nn.Flatten(), nn.Linear(144, 3)) for _ in range(2))
    theirs.load_state_dict(ours.state_dict())
    make = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[name]
    optimizer = make(theirs.parameters(), lr=0.01, weight_decay=0.05, foreach=False, fused=False, **settings)
    list(train(ours, training_set, test_set, recipe))
    for epoch in range(2):
        for chosen in epoch_order(0, epoch, 100).split(16):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(
                theirs(training_set.images[chosen].float() / 255), training_set.labels[chosen]
            )
            loss.backward()
            optimizer.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(mine, other, atol=1e-5)


@pytest.mark.parametrize("settings", [{"momentum": 0.9}, {"optimizer": "adam"}, {"optimizer": "adamw"}], ids=str)
def test_a_snapshot_holds_the_optimisers_own_state_dict(settings, training_set, test_set, config):
    recipe = dataclasses.replace(config, **settings)
    with Training(fresh(recipe), training_set, test_set, recipe) as training:
        list(training.run(steps=2))
        state = training._engine._optimizer.state_dict()["state"]
        names = [name for name, _ in training.model.named_parameters()]
        kept = training.snapshot().optimizer()
    expected = {f"{names[index]}/{kind}": tensor for index, kinds in state.items() for kind, tensor in kinds.items()}
    assert kept.keys() == expected.keys()
    assert all(torch.equal(tensor, expected[name]) for name, tensor in kept.items())


def test_a_snapshot_without_momentum_as_one_before_the_first_step_resumes_at_zero(training_set, test_set, config):
    recipe = dataclasses.replace(config, momentum=0.9)
    expected = curve(train(fresh(recipe), training_set, test_set, recipe))
    with Training(fresh(recipe), training_set, test_set, recipe) as training:
        first = training.snapshot()
        list(training.run(steps=3))
        training.restore(
            Snapshot({name: one for name, one in first.tensors.items() if "momentum" not in name}, first.facts)
        )
        assert curve(training.run()) == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors: tensors.pop("optimizer.0.weight/exp_avg"),
        lambda tensors: tensors.update({"optimizer.0.weight/momentum_buffer": torch.zeros(16, 1, 3, 3)}),
        lambda tensors: tensors.update({"optimizer.0.weight/exp_avg": torch.zeros(16, 1, 5, 5)}),
        lambda tensors: tensors.update({"optimizer.other/exp_avg": torch.zeros(3)}),
    ],
    ids=["missing", "of another optimiser", "another shape", "another weight"],
)
def test_a_snapshot_of_another_optimiser_is_refused_and_changes_nothing(change, training_set, test_set, config):
    recipe = dataclasses.replace(config, optimizer="adam", learning_rate=0.01)
    with Training(fresh(recipe), training_set, test_set, recipe) as training:
        list(training.run(steps=1))
        snapshot, before = training.snapshot(), training.snapshot()
        change(snapshot.tensors)
        list(training.run(steps=1))
        later = training.snapshot()
        with pytest.raises(UserError, match="another network or optimizer"):
            training.restore(snapshot)
        after = training.snapshot()
    assert not torch.equal(after.tensors["model.0.weight"], before.tensors["model.0.weight"])
    assert all(torch.equal(tensor, later.tensors[name]) for name, tensor in after.tensors.items())


class LateBranch(nn.Module):
    """A layer that takes part from the third forward pass in training on."""

    def __init__(self):
        super().__init__()
        self.first, self.late, self.calls = nn.Linear(144, 3), nn.Linear(144, 3), 0

    def forward(self, images):
        flat = images.flatten(1)
        self.calls += self.training
        return self.first(flat) + (self.late(flat) if self.calls > 2 else 0)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_weight_that_gets_its_first_gradient_later_moves_as_torch_moves_it(optimizer, training_set, test_set, config):
    settings = {"sgd": {"momentum": 0.9}, "adam": {}}[optimizer]
    recipe = dataclasses.replace(config, optimizer=optimizer, learning_rate=0.01, init="default", epochs=1, **settings)
    ours = LateBranch()
    theirs = LateBranch()
    theirs.load_state_dict(ours.state_dict())
    make = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
    other = make(theirs.parameters(), lr=0.01, fused=False, foreach=False, **settings)
    list(train(ours, training_set, test_set, recipe))
    for chosen in epoch_order(0, 0, 100).split(16):
        other.zero_grad()
        scores = theirs(training_set.images[chosen].float() / 255)
        nn.functional.cross_entropy(scores, training_set.labels[chosen]).backward()
        other.step()
    for mine, other_weight in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(mine, other_weight, atol=1e-6)


def test_time_left_falls_to_nothing_and_speed_is_images_over_seconds(network, training_set, test_set, config):
    reports = list(train(network, training_set, test_set, config))
    epochs = [report for report in reports if isinstance(report, EpochReport)]
    assert epochs[-1].seconds_left == 0
    assert epochs[0].images_per_second == pytest.approx(100 / epochs[0].seconds)
    assert all(report.seconds_left > 0 for report in reports if isinstance(report, StepReport))
    assert reports[-1].images_per_second == pytest.approx(200 / sum(epoch.seconds for epoch in epochs))
