"""The recorded experiment is what the project's own loop computes, and small."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import torch

from cnnviz.facts.recorded_experiment import FILE, load_recording
from cnnviz.runs.limits import limits
from cnnviz.ui.pages.studio.experiment_runs import SEEDS, plan_experiment
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS

FOLDER = Path(__file__).parents[2] / "checkpoints"
RECORDING = load_recording()


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("record_experiment", FOLDER / "record.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_holds_every_setting_of_the_experiment_from_every_seed(script: ModuleType) -> None:
    forms = EXPERIMENTS[RECORDING.name]
    assert RECORDING.name == script.NAME
    assert [(run.setting, run.seed) for run in RECORDING.runs] == [
        (form, seed) for form in forms for seed in range(SEEDS)
    ]
    assert len(plan_experiment(forms, limits()).plans()) == len(RECORDING.runs)
    # 1,198 images in minibatches of 32, ten times
    assert (RECORDING.steps_per_epoch, RECORDING.steps[-1], RECORDING.num_test) == (38, 380, 599)
    assert list(RECORDING.steps) == script.recorded_steps(380, 38)
    assert (
        {len(run.right) for run in RECORDING.runs}
        == {len(run.loss) for run in RECORDING.runs}
        == {len(RECORDING.steps)}
    )
    assert {*map(len, RECORDING.kernels.values())} == {len(RECORDING.steps) * 6 * 5 * 5}
    assert FILE.stat().st_size <= 300_000


@pytest.mark.parametrize("setting", RECORDING.settings)
def test_the_first_epoch_trained_again_gives_the_recorded_numbers(script: ModuleType, setting: str) -> None:
    seed = RECORDING.kernel_seed
    run, kernels, facts = script.record_run(setting, EXPERIMENTS[RECORDING.name][setting].plan(seed), (0, 20, 38))
    recorded = next(one for one in RECORDING.runs if (one.setting, one.seed) == (setting, seed))
    places = [RECORDING.steps.index(step) for step in facts["steps"]]
    assert run.loss == pytest.approx([recorded.loss[place] for place in places], abs=2e-3)
    for again, place in zip(run.right, places, strict=True):
        assert abs(again - recorded.right[place]) <= 3  # of 599: other processors add up in another order
    kept = torch.frombuffer(bytearray(RECORDING.kernels[setting]), dtype=torch.int8).reshape(
        -1, *RECORDING.kernel_shape
    )
    torch.testing.assert_close(
        kernels, kept[places] / 127 * RECORDING.reach, atol=RECORDING.reach / 254 + 1e-3, rtol=0, check_dtype=False
    )


def test_a_whole_training_ends_with_the_recorded_accuracy(script: ModuleType) -> None:
    recorded = RECORDING.runs_of("relu")[0]
    run, _, _ = script.record_run("relu", EXPERIMENTS[RECORDING.name]["relu"].plan(recorded.seed), (380,))
    assert run.right[-1] / 599 == pytest.approx(recorded.right[-1] / 599, abs=0.015)


def test_what_lies_between_the_tests_does_not_change_the_training(script: ModuleType) -> None:
    plan = EXPERIMENTS[RECORDING.name]["tanh"].plan()
    often, seldom = (script.record_run("tanh", plan, steps)[0] for steps in ((0, 4, 8, 12, 16), (16,)))
    assert (often.right[-1], often.loss[-1]) == (seldom.right[-1], seldom.loss[-1])
