"""The settings that the studio begins with teach every network of the zoo the sets that need no download."""

import pytest

from cnnviz.data import DATASETS, dataset
from cnnviz.runs.limits import limits
from cnnviz.runs.quick_settings import MOST_RATE, quick_batch_size, quick_settings
from cnnviz.runs.run_loop import make_training
from cnnviz.runs.run_plan import RunPlan
from cnnviz.zoo import ARCHITECTURES, architecture


def _settings(name, images="digits", count=None, **options):
    entry, known = architecture(name), dataset(images)
    settled = entry.resolve(options)
    return quick_settings(entry, settled, known.input_shape, known.num_classes, count or known.num_train)


def test_lenet_sees_the_digits_twenty_times_in_batches_of_32():
    told = {"epochs": 20, "batch_size": 32, "learning_rate": 0.005, "optimizer": "adam", "image_size": 28}
    assert told.items() <= _settings("lenet").items()


@pytest.mark.parametrize("images", DATASETS)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_they_are_a_plan_of_any_set_within_the_time_of_a_shared_server(name, images, monkeypatch):
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    plan = RunPlan.parse({"architecture": name, "dataset": images, "settings": _settings(name, images)})
    assert plan.config.epochs <= limits().epochs
    assert max(plan.input_shape[1:]) <= limits().image_size


@pytest.mark.parametrize(
    ("images", "batch"), [(1, 8), (200, 8), (1198, 32), (1500, 32), (10_000, 64), (60_000, 64), (2048, 64)]
)
def test_the_batch_is_a_power_of_two_that_leaves_updates_enough(images, batch):
    assert quick_batch_size(images) == batch


def test_a_set_smaller_than_a_batch_is_one():
    assert _settings("lenet", count=5)["batch_size"] == 5


def test_a_narrow_network_learns_faster_and_a_large_set_is_seen_less_often():
    assert _settings("resnet", width=0.25)["learning_rate"] == 4 * _settings("resnet")["learning_rate"]
    assert _settings("lenet", width=0.125)["learning_rate"] == MOST_RATE
    assert _settings("resnet", "fashion_mnist")["epochs"] == 1


def test_a_larger_set_gets_more_updates():
    assert _settings("resnet")["epochs"] == 8  # 300 updates of 38 an epoch
    assert _settings("resnet", "shapes")["epochs"] == 6  # 940 of 157


def test_a_form_too_large_for_the_image_size_takes_the_size_that_it_was_made_for():
    assert _settings("densenet")["image_size"] == 32
    assert _settings("densenet", blocks="4,4,4,4,4")["image_size"] == 96  # five blocks need 61 pixels


NARROW = {
    "lenet": (12, {}),
    "alexnet": (4, {"width": 0.125, "hidden": 64}),
    "vgg": (3, {"width": 0.125, "hidden": 64}),
    "googlenet": (4, {"width": 0.125}),
    "resnet": (3, {"width": 0.125}),
    "densenet": (4, {"width": 0.125}),
}
"""Epochs, fewer than the recipe's, and forms that learn in seconds; MobileNet and NiN have none."""


@pytest.mark.parametrize("name", NARROW)
def test_a_narrow_form_learns_the_digits_in_part_of_the_epochs(name):
    epochs, options = NARROW[name]
    settings = _settings(name, **options) | {"epochs": epochs, "threads": 1, "device": "cpu"}
    plan = RunPlan.parse({"architecture": name, "options": options, "dataset": "digits", "settings": settings})
    with make_training(plan) as training:
        *_, end = training.run()
    assert end.test_accuracy > 0.4  # a tenth of the images are of each class
