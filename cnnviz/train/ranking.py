"""Several settings by the test accuracy they reached, as far as seeds and test images can tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from cnnviz.train.sampling_error import TIMES, sampling_error


@dataclass(frozen=True, slots=True)
class RankedSetting:
    """One setting, trained from one seed or from several."""

    name: str
    accuracies: tuple[float | None, ...]
    """The last test accuracy from each seed, in [0, 1]; None where the loss ended as no number."""
    num_test: int
    """Images of the test set."""
    num_classes: int

    @property
    def learned(self) -> tuple[float, ...]:
        """The accuracies that guessing does not explain."""
        return tuple(each for each in self.accuracies if each is not None and each > self.highest_guess)

    @property
    def highest_guess(self) -> float:
        """The accuracy that guessing reaches nineteen times in twenty at most."""
        chance = 1 / self.num_classes
        return chance + TIMES * sqrt(chance * (1 - chance) / self.num_test)

    @property
    def always_learned(self) -> bool:
        """True where the run from every seed learned."""
        return len(self.learned) == len(self.accuracies)

    @property
    def mean(self) -> float | None:
        """The mean of the accuracies; None where one is missing."""
        known = [each for each in self.accuracies if each is not None]
        return sum(known) / len(known) if len(known) == len(self.accuracies) else None

    @property
    def spread(self) -> float:
        """How far the accuracies from several seeds lie apart; 0 for one seed."""
        known = [each for each in self.accuracies if each is not None]
        return max(known) - min(known) if known else 0.0


@dataclass(frozen=True, slots=True)
class AccuracyGap:
    """How far a setting lies behind the best one, and how much of that need not be the setting's."""

    setting: RankedSetting
    gap: float
    """Of the mean accuracies."""
    spread: float
    """How far seeds of one setting lie apart, in the one of the two where they do so more."""
    error: float
    """The `sampling_error` of the two means."""

    @property
    def is_chance(self) -> bool:
        """True where seeds or test images alone may make such a gap."""
        return self.gap <= max(self.spread, self.error)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The settings of an experiment in order; each is in one place."""

    best: RankedSetting | None
    """The highest mean of those that learned from every seed; None where there is none."""
    behind: tuple[AccuracyGap, ...]
    """The others that did, from the smallest gap on."""
    unsteady: tuple[RankedSetting, ...]
    """Those that learned from some seeds only."""
    failed: tuple[RankedSetting, ...]
    """Those that learned from none."""

    @property
    def alike(self) -> tuple[AccuracyGap, ...]:
        """The settings that are no different from the best one."""
        return tuple(gap for gap in self.behind if gap.is_chance)

    @property
    def worse(self) -> tuple[AccuracyGap, ...]:
        """The settings that are worse than the best one."""
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
