"""The recorded answers of the experiments are those of the settings that the studio trains."""

from dataclasses import replace

import pytest

from cnnviz.facts.recorded_answers import load_answers
from cnnviz.text import LANGUAGES, load
from cnnviz.text.numbers import percent
from cnnviz.train.ranking import RankedSetting, rank
from cnnviz.ui.pages.studio import recorded_answer
from cnnviz.ui.pages.studio.experiment_answer import answer
from cnnviz.ui.pages.studio.experiment_runs import SEEDS
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS
from cnnviz.ui.pages.studio.recorded_answer import find_recorded, recorded_settings

RECORDED = load_answers()


def _settings(name: str, language: str = "en") -> list[RankedSetting]:
    t = load("pages/studio", language)
    labels = {form: t(f"experiment.{name}.{form}") for form in EXPERIMENTS[name]}
    return recorded_settings(name, RECORDED[name], labels)


def test_a_recording_is_of_the_settings_as_they_are_from_every_seed() -> None:
    assert list(RECORDED) == list(EXPERIMENTS)
    for name, recorded in RECORDED.items():
        assert find_recorded(name) is recorded
        assert list(recorded.right) == list(EXPERIMENTS[name])
        assert {len(counts) for counts in recorded.right.values()} == {SEEDS}
        assert all(0 <= share <= 1 for one in _settings(name) for share in one.accuracies if share is not None)


def test_a_recording_of_other_settings_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {**RECORDED, "pooling": replace(RECORDED["pooling"], plans="0")}
    monkeypatch.setattr(recorded_answer, "load_answers", lambda: changed)
    assert find_recorded("pooling") is None
    assert find_recorded("batch-norm") is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_has_the_accuracies_of_the_settings_that_it_compares(language: str) -> None:
    settings = _settings("pooling", language)
    said = answer(EXPERIMENTS["pooling"], settings, rank(settings), load("verdict", language))
    for setting in settings:
        assert percent(setting.mean) in said


def test_batch_normalization_learns_at_a_rate_at_which_lenet_without_it_does_not() -> None:
    learned = {
        form: setting.always_learned
        for form, setting in zip(EXPERIMENTS["batch-norm"], _settings("batch-norm"), strict=True)
    }
    assert learned["without"]
    assert learned["with-fast"]
    assert not learned["without-fast"]
