"""A ranking of settings by test accuracy, as far as seeds and test images can tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

TIMES = 1.96
"""Standard errors within which nineteen of twenty repeated tests would fall."""


def sampling_error(accuracy: float, other: float, num_test: int, other_num_test: int | None = None) -> float:
    """Return the gap that two accuracies in [0, 1], each on so many images, stay below nineteen times in twenty.

    >>> round(sampling_error(0.96, 0.96, 599), 4)
    0.0222
    """
    count = num_test if other_num_test is None else other_num_test
    return TIMES * sqrt(accuracy * (1 - accuracy) / num_test + other * (1 - other) / count)


@dataclass(frozen=True, slots=True)
class RankedSetting:
    """One setting and the test accuracies that it reached from its seeds."""

    name: str
    accuracies: tuple[float | None, ...]
    """The last test accuracy from each seed, in [0, 1]; None if the loss became NaN or infinite."""
    num_test: int
    """Images of the test set."""
    num_classes: int

    @property
    def learned(self) -> tuple[float, ...]:
        """Return the accuracies above the chance level."""
        return tuple(each for each in self.accuracies if each is not None and each > self.highest_guess)

    @property
    def highest_guess(self) -> float:
        """Return the accuracy that guessing stays below nineteen times in twenty."""
        chance = 1 / self.num_classes
        return chance + TIMES * sqrt(chance * (1 - chance) / self.num_test)

    @property
    def always_learned(self) -> bool:
        """Return whether the run from every seed learned."""
        return len(self.learned) == len(self.accuracies)

    @property
    def mean(self) -> float | None:
        """Return the mean of the accuracies; None if one is missing."""
        known = [each for each in self.accuracies if each is not None]
        return sum(known) / len(known) if len(known) == len(self.accuracies) else None

    @property
    def spread(self) -> float:
        """Return the range of the accuracies over the seeds; 0 for one seed."""
        known = [each for each in self.accuracies if each is not None]
        return max(known) - min(known) if known else 0.0


@dataclass(frozen=True, slots=True)
class AccuracyGap:
    """The accuracy gap of a setting to the best one, beside the gaps that chance makes."""

    setting: RankedSetting
    gap: float
    """Difference of the mean accuracies."""
    spread: float
    """The larger range over the seeds of the two settings."""
    error: float
    """The `sampling_error` of the two means."""

    @property
    def is_chance(self) -> bool:
        """Return whether seeds or test images alone may make such a gap."""
        return self.gap <= max(self.spread, self.error)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The settings of an experiment in order; each is in one of the groups."""

    best: RankedSetting | None
    """The one with the highest mean of those that learned from every seed; None if none did."""
    behind: tuple[AccuracyGap, ...]
    """The others that learned from every seed, smallest gap first."""
    unsteady: tuple[RankedSetting, ...]
    """Settings that learned from some seeds only."""
    failed: tuple[RankedSetting, ...]
    """Settings that learned from none."""

    @property
    def alike(self) -> tuple[AccuracyGap, ...]:
        """Return the settings that cannot be told from the best one."""
        return tuple(gap for gap in self.behind if gap.is_chance)

    @property
    def worse(self) -> tuple[AccuracyGap, ...]:
        """Return the settings that are worse than the best one."""
        return tuple(gap for gap in self.behind if not gap.is_chance)


def rank(settings: Sequence[RankedSetting]) -> Ranking:
    """Return `settings` in order of their mean accuracy; of equal ones the first stays first."""
    steady = sorted((one for one in settings if one.always_learned), key=lambda one: -(one.mean or 0.0))
    best = steady[0] if steady else None
    return Ranking(
        best,
        tuple(_gap(best, other) for other in steady[1:]) if best else (),
        tuple(one for one in settings if one.learned and not one.always_learned),
        tuple(one for one in settings if not one.learned),
    )


def _gap(best: RankedSetting, other: RankedSetting) -> AccuracyGap:
    high, low = best.mean or 0.0, other.mean or 0.0
    error = sampling_error(high, low, best.num_test, other.num_test)
    return AccuracyGap(other, high - low, max(best.spread, other.spread), error)
