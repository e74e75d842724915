"""The answer of the recorded experiment in sentences, computed from its numbers."""

from __future__ import annotations

from math import log
from statistics import mean

from cnnviz.facts.recorded_experiment import RecordedExperiment, RecordedRun
from cnnviz.text import Text, load
from cnnviz.text.numbers import percentage_points
from cnnviz.train.ranking import RankedSetting, Ranking, rank
from cnnviz.ui.pages.studio import verdict_words

ASKED, BESIDE = "relu", "sigmoid"
"""The settings of the question: does the first learn faster than the second?"""
HALF = 0.5
"""The test accuracy whose time tells how fast a setting learns."""
AT_CHANCE = 0.02
"""Share by which a loss may lie off that of guessing and still be called the same."""


def setting_name(recording: RecordedExperiment, setting: str, t: Text) -> str:
    """Return what a setting is called."""
    return t(f"experiment.{recording.name}.{setting}")


def epochs_to_half(recording: RecordedExperiment, run: RecordedRun) -> float | None:
    """Return the epochs until `HALF` of the test images are predicted rightly; None where that never comes."""
    pairs = zip(recording.epochs, recording.accuracies(run), strict=True)
    return next((epoch for epoch, share in pairs if share >= HALF), None)


def times_to_half(recording: RecordedExperiment, setting: str) -> tuple[float, ...]:
    """Return `epochs_to_half` of every run of a setting; empty where one of them never gets there."""
    times = [epochs_to_half(recording, run) for run in recording.runs_of(setting)]
    known = tuple(time for time in times if time is not None)
    return known if len(known) == len(times) else ()


def verdict(recording: RecordedExperiment) -> str:
    """Return "yes", "no" or "unclear": whether every run of `ASKED` is sooner at half than every one of `BESIDE`."""
    asked, beside = times_to_half(recording, ASKED), times_to_half(recording, BESIDE)
    if asked and (not beside or max(asked) < min(beside)):
        return "yes"
    if beside and (not asked or max(beside) < min(asked)):
        return "no"
    return "unclear"


def ranking_of(recording: RecordedExperiment, t: Text) -> Ranking:
    """Return the settings by their last test accuracies."""
    return rank(
        [
            RankedSetting(
                setting_name(recording, setting, t),
                tuple(recording.accuracies(run)[-1] for run in recording.runs_of(setting)),
                recording.num_test,
                recording.num_classes,
            )
            for setting in recording.settings
        ]
    )


def describe_answer(recording: RecordedExperiment, t: Text) -> str:
    """Return two paragraphs that answer the question: how fast the settings learn, and how well in the end."""
    first = t.row([t(f"example.{verdict(recording)}"), _describe_speed(recording, t)])
    ranking = ranking_of(recording, t)
    said = [verdict_words.describe_ranking(ranking, load("verdict", t.language))]
    if len(ranking.behind) > 1:  # of two the sentence says so itself
        spread, error = percentage_points(
            max(gap.spread for gap in ranking.behind), max(gap.error for gap in ranking.behind)
        )
        said.append(t("example.uncertain", spread=spread, error=error, count=recording.num_test))
    return "\n\n".join([first, t.row([*said, *_describe_chance(recording, ranking, t)])])


def _describe_speed(recording: RecordedExperiment, t: Text) -> str:
    said = []
    for setting in sorted(recording.settings, key=lambda setting: mean(times_to_half(recording, setting) or (1e9,))):
        name, times = setting_name(recording, setting, t), times_to_half(recording, setting)
        if times:
            middle, low, high = (f"{time:.1f}" for time in (mean(times), min(times), max(times)))
            said.append(t("example.time", name=name, mean=middle, low=low, high=high))
        else:
            said.append(t("example.never", name=name, epochs=f"{recording.epochs[-1]:g}"))
    return t("example.speed", seeds=len(recording.runs_of(ASKED)), times=t.clauses(said))


def _describe_chance(recording: RecordedExperiment, ranking: Ranking, t: Text) -> list[str]:
    """Return a sentence where the settings that did not learn end with the loss of guessing."""
    failed = {setting.name for setting in ranking.failed}
    losses = [run.loss[-1] for run in recording.runs if setting_name(recording, run.setting, t) in failed]
    chance = log(recording.num_classes)
    if not losses or max(abs(loss / chance - 1) for loss in losses) > AT_CHANCE:
        return []
    return [t("example.chance", loss=f"{mean(losses):.2f}", classes=recording.num_classes, chance=f"{chance:.2f}")]
