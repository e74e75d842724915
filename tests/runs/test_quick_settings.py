"""The settings that the studio begins with teach the networks of the zoo the sets that need no download."""

import pytest

from cnnviz.data import DATASETS, dataset
from cnnviz.runs.limits import limits
from cnnviz.runs.quick_settings import MOST_RATE, quick_batch_size, quick_options, quick_recipe, quick_settings
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import make_training
from cnnviz.train.report import EpochReport
from cnnviz.zoo import ARCHITECTURES, architecture


def _settings(name, images="digits", count=None, **options):
    entry = architecture(name)
    return quick_settings(entry, entry.resolve(options), dataset(images), count)


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
    assert _settings("resnet", "cifar10")["epochs"] == 1  # 940 of 782


def test_the_shapes_have_recipes_of_their_own_and_their_variant_the_same():
    for entry in ARCHITECTURES.values():
        several, single = (quick_recipe(entry, dataset(name)) for name in ("shapes", "shapes-single"))
        assert entry.quick not in (several, single)
        assert several is single or entry.name == "nin"
        assert quick_options(entry, dataset("digits")) == entry.resolve()
    assert _settings("resnet", "shapes")["epochs"] == 8  # 1,250 updates of 157 an epoch
    assert _settings("resnet", "shapes-single")["epochs"] == 16  # of 79


def test_lenet_reads_the_shapes_with_relu_and_max_pooling():
    entry = architecture("lenet")
    changed = entry.changed(quick_options(entry, dataset("shapes")))
    assert changed == {"pool": "max", "activation": "relu"}


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
"""Epochs, fewer than the recipe's, and forms that learn in seconds."""


def _epochs(name, images, options, limit=None, **changed):
    """The reports of the epochs, one by one, so that a test ends with the first that shows what it asks for."""
    entry, known = architecture(name), dataset(images)
    options = quick_options(entry, known) | options
    settings = quick_settings(entry, options, known, limit) | {"threads": 1, "device": "cpu"} | changed
    given = {"architecture": name, "options": options, "dataset": images, "limit": limit, "settings": settings}
    with make_training(RunPlan.parse(given)) as training:
        yield from (report for report in training.run() if isinstance(report, EpochReport))


@pytest.mark.parametrize(
    ("images", "name"),
    [*(("digits", name) for name in NARROW), ("digits-tagged", "lenet")],
)
def test_a_narrow_form_learns_the_digits_in_part_of_the_epochs(name, images):
    epochs, options = NARROW[name]
    reports = _epochs(name, images, options, epochs=epochs)
    assert any(report.test_accuracy > 0.4 for report in reports)  # a tenth of the images are of each class


CHANCE = {"digits": 0.1, "digits-tagged": 0.1, "shapes": 0.13, "shapes-single": 0.25}
"""The share of the images that is right by always giving the commonest answer."""


# Minutes each. Test accuracies at the end of a whole recipe on one core: on the digits ResNet and DenseNet .99; on
# shapes-single NiN .94, LeNet .85; on shapes MobileNet .99, LeNet .48, NiN .41, which stays at guessing for half of its
# 16 epochs.
@pytest.mark.many
@pytest.mark.timeout(0)
@pytest.mark.parametrize("images", CHANCE)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_default_recipe_of_every_network_learns_every_set_that_comes_with_the_app(name, images):
    reports = _epochs(name, images, {})
    assert any(report.test_accuracy > CHANCE[images] + 0.15 for report in reports)


@pytest.mark.parametrize(
    ("name", "images", "options"),
    [
        ("mobilenet", "digits", {"width": 0.125}),
        ("lenet", "shapes", {}),
        ("lenet", "shapes-single", {}),
        ("resnet", "shapes", {"width": 0.125}),
        ("densenet", "shapes-single", {"width": 0.125}),
        ("googlenet", "shapes-single", {}),
    ],
)
def test_two_hundred_images_begin_to_be_learned_by_heart_within_160_updates(name, images, options):
    reports = _epochs(name, images, options, limit=200, epochs=16, batch_size=20, image_size=32)
    assert any(report.train_accuracy > CHANCE[images] + 0.15 for report in reports)
