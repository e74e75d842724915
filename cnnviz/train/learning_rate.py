"""The learning rate of a step: the one asked for last, times the schedule's factor."""

from cnnviz.train.config import SETTINGS, TrainConfig
from cnnviz.train.schedules import SCHEDULES


class LearningRate:
    """The learning rate of a training, with the changes that the user makes on the way."""

    def __init__(self, config: TrainConfig, steps: int, steps_per_epoch: int) -> None:
        self._config, self._steps, self._steps_per_epoch = config, steps, steps_per_epoch
        self.changes: list[tuple[int, float]] = list(config.learning_rate_changes)
        """(step, rate) pairs, ascending."""

    def __call__(self, step: int) -> float:
        """Return the learning rate after `step` steps."""
        asked = next((rate for since, rate in reversed(self.changes) if since <= step), self._config.learning_rate)
        schedule = SCHEDULES[self._config.schedule]
        return asked * schedule.factor(step, self._steps, self._steps_per_epoch, self._config)

    def change(self, step: int, rate: float) -> None:
        """Ask for another rate from `step` on.

        Raises:
            UserError: a rate out of range.
        """
        legal = SETTINGS["learning_rate"].parse(rate)
        self.changes = sorted([*(change for change in self.changes if change[0] != step), (step, legal)])
