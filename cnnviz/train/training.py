"""The training loop, which can be paused, stepped, rewound, saved and resumed, bit for bit."""

import math
import time
from collections.abc import Generator
from dataclasses import replace
from typing import Any, Self

import torch
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.train.batch_preparation import BatchPreparation, LabelledImages, pixel_statistics
from cnnviz.train.chance_level import chance_level, find_plateau
from cnnviz.train.config import TrainConfig
from cnnviz.train.engine import Engine, StepOutcome
from cnnviz.train.eval_mode import restore_training_modes, training_modes
from cnnviz.train.evaluation import evaluate
from cnnviz.train.initialisers import initialise
from cnnviz.train.learning_rate import LearningRate
from cnnviz.train.machine import resolve_machine
from cnnviz.train.minibatches import Minibatches, joins_last
from cnnviz.train.objective import objective_for
from cnnviz.train.progress import RunningTotals, TrainingProgress
from cnnviz.train.report import EndReport, EpochReport, Report, StartReport, StepDetail, StepReport
from cnnviz.train.seeding import draw_seed
from cnnviz.train.snapshot import Snapshot, load_weights, make_snapshot
from cnnviz.train.validation import check_fit, check_sets

WAIT = 0.1
"""Seconds that an accelerator may run ahead before its losses are read; on the CPU they are read at once."""


class Training:
    """A model in training, paused between two calls of `run`.

    `rewindable` keeps a copy of the first weights in memory. `close`, or leaving its `with`, puts the model
    back on its own device.

    Raises:
        UserError: sets, settings and a network that do not fit each other.
    """

    def __init__(
        self,
        model: nn.Module,
        training_set: LabelledImages,
        test_set: LabelledImages,
        config: TrainConfig,
        *,
        rewindable: bool = True,
    ) -> None:
        check_sets(training_set, test_set, config)
        self.model, self.config, self.machine = model, config, resolve_machine(config, model)
        mean, deviation = pixel_statistics(training_set.images) if config.standardise else ((), ())
        self.preparation = BatchPreparation(config.image_size, mean, deviation, self.machine.channels_last)
        self.objective = objective_for(training_set.labels)
        self.progress = TrainingProgress()
        self._modes = training_modes(model)
        self._home = next((weight.device for weight in model.parameters()), torch.device("cpu"))
        self._cancelled = False
        self._test_set = test_set
        try:
            model.to(self.machine.device).eval()
            if self.machine.channels_last:
                model.to(memory_format=torch.channels_last)
            self._set = Minibatches(training_set, self.machine.device, config.batch_size, config.seed)
            images = self._set.images
            check_fit(model, images, (training_set.labels, test_set.labels), self.preparation)
            with self.machine.session(config.seed):
                first = self.preparation(images[:1])
                self._set.joins_last = joins_last(model, first, len(images), config.batch_size)
            initialise(model, config.init, draw_seed(config.seed, "init", 0))
            self._rate = LearningRate(config, self.steps, self.steps_per_epoch)
            self._engine = Engine(model, config, self.machine, self.objective, self._rate)
        except BaseException:
            self.close()
            raise
        self._chance = chance_level(training_set.labels, config.label_smoothing), chance_level(test_set.labels)
        self._first = self._pack({}) if rewindable else None

    @property
    def steps_per_epoch(self) -> int:
        """The minibatches of an epoch."""
        return self._set.per_epoch

    @property
    def steps(self) -> int:
        """The minibatches of all epochs."""
        return self.steps_per_epoch * self.config.epochs

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step."""
        return self._rate(self.progress.step)

    @property
    def repeat(self) -> TrainConfig:
        """The settings that repeat this training from its start, manual changes included."""
        return replace(self.config, learning_rate_changes=tuple(self._rate.changes))

    def set_learning_rate(self, rate: float) -> None:
        """Change the learning rate from the next step on; the schedule goes on multiplying it.

        Raises:
            UserError: a rate out of range.
        """
        self._rate.change(self.progress.step, rate)
        self._engine.schedule_from(self.progress.step)

    def cancel(self) -> None:
        """End the run before its next minibatch; thread-safe."""
        self._cancelled = True

    def run(self, *, steps: int | None = None, epochs: int | None = None, detailed: bool = False) -> Generator[Report]:
        """Train on for so many steps or epochs, or to the end.

        `detailed` adds a detail to every step. A StartReport comes first; an EndReport comes when the training
        has finished, was cancelled or has failed, not when it only pauses.
        """
        place = self.progress
        goal_step = place.step + steps if steps is not None else math.inf
        goal_epoch = place.epoch + epochs if epochs is not None else math.inf
        try:
            yield StartReport(
                self.machine, self.objective.name, place.step, self.steps, self.steps_per_epoch, self.config.epochs
            )
            while self.progress.epoch < self.config.epochs:
                while self.progress.batch < self.steps_per_epoch and not self._cancelled:
                    if self.progress.step >= goal_step or self.progress.epoch >= goal_epoch:
                        return
                    yield from self._advance(goal_step, detailed)
                tested = None if self._cancelled else self._test()
                if tested is None:
                    self._cancelled = False
                    yield self._end("cancelled")
                    return
                yield tested
            yield self._end("finished")
        except UserError as reason:
            yield self._end("failed", reason)
        finally:
            self._pause()

    def _advance(self, goal_step: float, detailed: bool) -> list[StepReport]:
        """Do at least one step; on an accelerator as many as fit into a tenth of a second."""
        start, reports = time.perf_counter(), []
        ahead: list[tuple[StepDetail | None, StepOutcome]] = []
        while True:
            ahead.append(self._minibatch(detailed or self._wants_detail()))
            must_pause = self.progress.batch == self.steps_per_epoch or self.progress.step >= goal_step
            must_read = self.machine.device == "cpu" or self._cancelled or ahead[-1][0] is not None
            if must_pause or must_read or time.perf_counter() - start > WAIT:
                break
        losses = torch.stack([outcome.loss for _, outcome in ahead]).tolist()
        rights = torch.stack([outcome.right for _, outcome in ahead]).tolist()
        seconds = (time.perf_counter() - start) / len(ahead)
        first = self.progress.step - len(ahead)
        results = zip(ahead, losses, rights, strict=True)
        for step, ((detail, outcome), loss, right) in enumerate(results, first + 1):
            self._check_loss(loss, step)
            for tally in (self.progress.tally, self.progress.total):
                tally.add(loss, right, outcome.count)
                tally.seconds += seconds
            tally = self.progress.tally
            reports.append(
                StepReport(
                    epoch=self.progress.epoch + 1,
                    step=step,
                    loss=loss,
                    accuracy=right / outcome.count,
                    epoch_loss=tally.loss / tally.images,
                    epoch_accuracy=tally.right / tally.images,
                    learning_rate=outcome.learning_rate,
                    images_per_second=tally.speed,
                    seconds_left=self._seconds_left,
                    detail=detail,
                )
            )
        return reports

    def _minibatch(self, detailed: bool) -> tuple[StepDetail | None, StepOutcome]:
        place, config = self.progress, self.config
        chosen, images, labels = self._set.at(place.epoch, place.batch)
        outcome = self._engine.train_step(
            self.preparation(images, config.augment, draw_seed(config.seed, "augment", place.step)),
            labels,
            draw_seed(config.seed, "dropout", place.step),
            self._check_loss_now,
            detailed,
        )
        place.batch += 1
        place.step += 1
        if outcome.loss_after is None:
            return None, outcome
        return StepDetail(tuple(chosen.tolist()), outcome.loss_after, outcome.layers, outcome.recorded), outcome

    def _wants_detail(self) -> bool:
        every = self.config.watch_every
        return every > 0 and self.progress.step % every == 0

    def _check_loss_now(self, loss: Tensor) -> None:
        if self.machine.device == "cpu":  # elsewhere reading it would make the device wait
            self._check_loss(float(loss.detach()), self.progress.step + 1)

    def _check_loss(self, loss: float, step: int) -> None:
        if not math.isfinite(loss):
            rate = self.learning_rate
            raise UserError(
                "train_not_finite", step=step, epoch=self.progress.epoch + 1, rate=f"{rate:g}", smaller=f"{rate / 10:g}"
            )

    def _test(self) -> EpochReport | None:
        evaluation = evaluate(
            self.model, self._test_set, self.preparation, self.machine, self.config.batch_size, lambda: self._cancelled
        )
        if evaluation is None:
            return None
        self._check_loss(evaluation.loss, self.progress.step)
        place, tally = self.progress, self.progress.tally
        place.test_loss, place.test_accuracy = evaluation.loss, evaluation.accuracy
        place.test_seconds = evaluation.seconds
        place.epoch, place.batch, place.tally = place.epoch + 1, 0, RunningTotals()
        loss, accuracy = tally.loss / tally.images, tally.right / tally.images
        return EpochReport(
            epoch=place.epoch,
            step=place.step,
            train_loss=loss,
            train_accuracy=accuracy,
            test_loss=evaluation.loss,
            test_accuracy=evaluation.accuracy,
            seconds=tally.seconds,
            test_seconds=evaluation.seconds,
            images_per_second=tally.speed,
            seconds_left=self._seconds_left,
            plateau=find_plateau(loss, accuracy, evaluation.loss, evaluation.accuracy, *self._chance),
        )

    @property
    def _seconds_left(self) -> float:
        return self.progress.seconds_left(self.config.epochs, len(self._set.images), len(self._test_set.images))

    def _end(self, status: Any, reason: UserError | None = None) -> EndReport:
        place = self.progress
        return EndReport(
            status, place.step, place.test_loss, place.test_accuracy, place.total.speed, place.total.seconds, reason
        )

    def snapshot(self) -> Snapshot:
        """Return the state from which the training can be resumed, to be taken between two reports."""
        return self._pack(self._engine.optimizer_state())

    def _pack(self, optimizer: dict[str, Tensor]) -> Snapshot:
        facts = {
            "config": self.config.as_json(),
            "progress": self.progress.as_json(),
            "changes": [list(change) for change in self._rate.changes],
        }
        return make_snapshot(self.model, optimizer, facts)

    def restore(self, snapshot: Snapshot) -> None:
        """Restore the state of `snapshot`.

        Raises:
            UserError: a snapshot of another network or another optimizer.
        """
        self._engine.check_optimizer_state(snapshot.optimizer())
        load_weights(self.model, snapshot.weights())
        self.progress = TrainingProgress.from_json(snapshot.facts["progress"])
        self._rate.changes = [(step, rate) for step, rate in snapshot.facts["changes"]]
        self._engine.restore(snapshot.optimizer(), self.progress.step)

    def rewind(self) -> None:
        """Restore the first weights, at step 0.

        Raises:
            RuntimeError: it was made with `rewindable=False`.
        """
        if self._first is None:
            raise RuntimeError("the first weights were not kept")
        self.restore(self._first)

    def _pause(self) -> None:
        self._engine.forget_gradients()
        restore_training_modes(self.model, self._modes)

    def close(self) -> None:
        """Restore the model's device, plain memory layout and modes, and free its gradients."""
        if hasattr(self, "_engine"):
            self._engine.forget_gradients()
        self.model.to(self._home)
        if self.machine.channels_last:
            self.model.to(memory_format=torch.contiguous_format)
        restore_training_modes(self.model, self._modes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
