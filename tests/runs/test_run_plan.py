import json
import subprocess
import sys

import pytest

from cnnviz.errors import UserError
from cnnviz.runs.limits import LIMITS, limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.training_memory import PROCESS, SCRATCH, training_memory
from tests.runs.tiny import tiny

FORGED = {
    "run_key": [{"data_dir": "/etc"}, {"owner": "me"}],
    "unknown_architecture": [{"architecture": ["lenet"]}, {"architecture": "../lenet"}, {"architecture": None}],
    "option_choice": [{"options": {"pool": "soft"}}, {"options": {"padding": {"a": 1}}}],
    "run_request": [{"options": 3}, {"settings": [1]}, {"settings": "epochs"}],
    "unknown_dataset": [{"dataset": "../../etc"}],
    "option_unknown": [{"settings": {"lr": 1}}, {"options": {"__class__": 1}}],
    "option_number": [{"settings": {"learning_rate": rate}} for rate in (0, -1, 1e9, "nan", float("inf"), None)],
    "option_whole": [
        *({"settings": {"epochs": epochs}} for epochs in (0, -3, 10**9, "many", 1.5)),
        *({"limit": limit} for limit in (-1, "all", 1.5, True)),
    ],
    "train_batch": [{"settings": {"batch_size": 100}}],
    "image_too_small": [{"settings": {"image_size": 4}}],
}


@pytest.mark.parametrize(("key", "change"), [(key, change) for key, changes in FORGED.items() for change in changes])
def test_what_cannot_be_trained_is_refused_by_name(key, change):
    with pytest.raises(UserError) as error:
        RunPlan.parse(tiny() | change)
    assert error.value.key == key
    assert str(error.value)


def test_what_is_left_out_is_the_courses_recipe():
    plan = RunPlan.parse({"architecture": "lenet", "dataset": "fashion_mnist"})
    config = plan.config
    assert (config.learning_rate, config.batch_size, config.image_size, config.epochs) == (0.9, 256, 28, 10)
    normal = RunPlan.parse({"architecture": "lenet", "options": {"batch_norm": "full", "padding": 0}})
    assert normal.config.learning_rate == 1.0
    assert RunPlan.parse({"architecture": "lenet", "limit": 100}).config.batch_size == 100


@pytest.mark.parametrize("given", [tiny(), {"architecture": "densenet", "limit": 300, "settings": {"image_size": 32}}])
def test_a_plan_survives_being_written(given):
    plan = RunPlan.parse(given)
    assert RunPlan.stored(json.loads(json.dumps(plan.as_json()))) == plan


BEYOND = {
    "epochs": {"settings": {"epochs": 21}},
    "image_size": {"settings": {"image_size": 112}},
    "batch_size": {"limit": 1000, "settings": {"batch_size": 513}},
    "parameters": {"architecture": "alexnet", "options": {}, "settings": {"image_size": 96, "batch_size": 8}},
}


@pytest.mark.parametrize("name", BEYOND)
def test_a_hosted_visitor_is_held_to_every_limit(monkeypatch, name):
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    given = tiny() | BEYOND[name]
    given["settings"] = {"image_size": 28, "epochs": 1} | given["settings"]
    plan = RunPlan.parse(given)
    with pytest.raises(UserError) as error:
        limits().check(plan)
    assert error.value.values["setting"] == name
    monkeypatch.setenv(LIMITS[name].variable, str(error.value.values["got"]))
    limits().check(plan)


LARGE = {"architecture": "densenet", "limit": 600, "settings": {"image_size": 96, "batch_size": 512, "epochs": 1}}


def test_a_training_that_takes_too_much_memory_is_refused_with_a_batch_that_fits(monkeypatch):
    limits().check(RunPlan.parse(LARGE))
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    with pytest.raises(UserError) as error:
        limits().check(RunPlan.parse(LARGE))
    assert error.value.key == "run_training_batch"
    batch = error.value.values["batch"]
    plans = [
        RunPlan.parse(LARGE | {"settings": LARGE["settings"] | {"batch_size": size}}) for size in (batch, batch + 1)
    ]
    limits().check(plans[0])
    with pytest.raises(UserError):
        limits().check(plans[1])
    monkeypatch.setenv("CNNVIZ_MAX_TRAINING_MB", "205")
    with pytest.raises(UserError, match="narrower network"):
        limits().check(plans[0])


def test_the_memory_of_a_training_is_that_of_its_layers():
    needs = training_memory(RunPlan.parse(tiny()))
    weights = RunPlan.parse(tiny()).count_parameters()
    assert needs.fixed == pytest.approx(PROCESS + SCRATCH * 4 * 3 * weights / 1e6)  # weight, gradient, momentum
    # image; convolution, ReLU and pooling, twice; two dense layers with ReLU and dropout; scores
    values = 28 * 28 + 2 * 6 * 28 * 28 + 6 * 14 * 14 + 2 * 16 * 10 * 10 + 16 * 5 * 5 + 3 * 120 + 3 * 84 + 10
    assert needs.per_image == pytest.approx(SCRATCH * 4 * values / 1e6)


def test_a_hosted_visitor_has_no_large_set_fetched(monkeypatch, tmp_path):
    for folder in ("CNNVIZ_DATA", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(folder, str(tmp_path))
    plan = RunPlan.parse(tiny() | {"dataset": "cifar10"})
    limits().check(plan)
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    with pytest.raises(UserError) as error:
        limits().check(plan)
    assert error.value.key == "download_limit"
    limits().check(RunPlan.parse(tiny() | {"dataset": "fashion_mnist"}))


def test_compiling_is_not_for_strangers(monkeypatch):
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    with pytest.raises(UserError, match="Compiling"):
        limits().check(RunPlan.parse(tiny(compile=True)))


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [
        ("CNNVIZ_PROFILE", "public", "option_choice"),
        ("CNNVIZ_MAX_EPOCHS", "ten", "option_whole"),
        ("CNNVIZ_MAX_EPOCHS", "-1", "option_whole"),
    ],
)
def test_a_setting_that_is_none_is_named(monkeypatch, variable, value, key):
    monkeypatch.setenv(variable, value)
    with pytest.raises(UserError) as error:
        limits()
    assert error.value.key == key
    assert variable in str(error.value)


def test_what_a_server_imports_before_a_run_loads_no_torch():
    code = (
        "import sys, cnnviz.runs.queue, cnnviz.runs.supervisor, cnnviz.runs.history; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
