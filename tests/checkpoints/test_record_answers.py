"""A run of an experiment trained again ends as it was recorded."""

import importlib.util
from pathlib import Path

from cnnviz.facts.recorded_answers import FILE, load_answers
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS

SCRIPT = Path(__file__).parents[2] / "checkpoints" / "record_answers.py"


def test_a_run_trained_again_ends_with_the_recorded_count() -> None:
    spec = importlib.util.spec_from_file_location("record_answers", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    count, machine, _ = script.train_form(EXPERIMENTS["width"]["quarter"], 0)
    recorded = load_answers()["width"].right["quarter"][0]
    assert count is not None
    assert recorded is not None
    assert abs(count - recorded) <= 12  # of 599: other processors add up in another order
    assert machine


def test_the_recordings_are_small() -> None:
    assert FILE.stat().st_size <= 30_000
