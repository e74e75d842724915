import sys

import pytest
import torch
from torch import nn

from cnnviz import zoo
from cnnviz.bench import train as bench
from cnnviz.bench.train_ours import flops_per_image
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES


@pytest.mark.parametrize("case", bench.CASES.values(), ids=lambda case: case.name)
def test_every_row_has_one_recipe_of_the_course_with_plain_sgd_at_the_size_in_its_name(case):
    recipes = [
        recipe
        for recipe in zoo.architecture(case.architecture).recipes
        if recipe.optimizer == "sgd" and dict(recipe.options or {}) == case.options
    ]
    assert recipes == [case.recipe]
    assert case.recipe.image_size == int(case.name.rpartition("-")[2])


@pytest.mark.parametrize("python", ["", "/no/such/python"])
def test_without_the_courses_environment_it_says_what_to_set(python, monkeypatch):
    monkeypatch.setenv("CNNVIZ_D2L_PYTHON", python)
    with pytest.raises(UserError, match="CNNVIZ_D2L_PYTHON") as refused:
        next(bench.run())
    assert all("d2l" in refused.value.describe(language) for language in LANGUAGES)


def test_work_per_image_is_three_forward_passes_less_the_first_layers_input_gradient():
    task = {"architecture": "lenet", "options": {}, "image_size": 28}
    # 416,520 multiply-adds forward, of which the first convolution's 117,600 need no gradient of the image
    assert flops_per_image(task) == 2 * (3 * 416_520 - 117_600)


@pytest.mark.parametrize(("device", "least"), [("cpu", 5), ("cuda", 10)])
def test_a_row_is_the_median_of_its_pairs_on_the_device_that_was_asked_for(device, least, monkeypatch):
    seconds = {"train_ours.py": [1.0, 9.0, 2.0], "train_course.py": [20.0, 10.0, 90.0]}
    asked = []

    def side(python, script, task):
        asked.append(task["device"])
        return {"seconds": seconds[script].pop(0), "precision": "float32", "float32_share": 0.5, "bfloat16_share": 0.25}

    monkeypatch.setenv("CNNVIZ_D2L_PYTHON", sys.executable)
    monkeypatch.setattr(bench, "_side", side)
    monkeypatch.setattr(bench, "_device", lambda asked: device)
    (pace,) = bench.run(("lenet-28",), device=device)
    assert (pace.ours, pace.theirs, pace.ratio, pace.least) == (2.0, 20.0, 10.0, least)
    assert set(asked) == {device}


def test_a_device_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setenv("CNNVIZ_D2L_PYTHON", sys.executable)
    with pytest.raises(UserError) as refused:
        next(bench.run(device="mps" if sys.platform != "darwin" else "cuda"))
    assert refused.value.key == "train_device"


def test_a_depthwise_convolution_counts_its_own_channel_alone():
    task = {"architecture": "mobilenet", "options": {"width": 0.25}, "image_size": 32}
    counted = []

    def count(layer, given, output):
        taps = layer.weight[0].numel() if isinstance(layer, nn.Conv2d) else layer.in_features
        counted.append(taps * output.numel())

    network = zoo.build("mobilenet", task["options"], (1, 32, 32), 10)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(count)
    network(torch.zeros(1, 1, 32, 32))
    assert flops_per_image(task) == 2 * (3 * sum(counted) - counted[0])
