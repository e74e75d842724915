"""An estimate of a training's duration before it starts, from a known speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from cnnviz.checkpoints import checkpoints_of
from cnnviz.data import dataset
from cnnviz.errors import UserError
from cnnviz.models.spec import ModelSpec
from cnnviz.runs.environment import describe_machine
from cnnviz.runs.run_record import RunRecord
from cnnviz.text import Text
from cnnviz.train.progress import TRAINING_PER_TEST
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.studio import batch_size_hint, own_plan
from cnnviz.ui.pages.studio.duration import describe_duration
from cnnviz.ui.pages.studio.maps_over_steps import choice_of
from cnnviz.zoo import architecture

NEWEST = 20
"""Runs that are looked at."""


@dataclass(frozen=True, slots=True)
class MeasuredSpeed:
    """A training whose speed was measured."""

    name: str
    machine: str
    """What it ran on; "" for this machine."""
    macs: int
    """Multiply-adds of its network for one image."""
    images_per_second: float


@dataclass(frozen=True, slots=True)
class DurationEstimate:
    """About how long a training takes, and from which speed that follows."""

    seconds: float
    of: MeasuredSpeed
    is_same: bool
    """True where the speed is that of a run of the same network, image size and batch."""


def estimate_duration(plan: Mapping[str, Any], records: Sequence[RunRecord]) -> DurationEstimate | None:
    """Return about how long a plan takes; None where nothing is known.

    That is known from the last run of the same network, image size and batch; else it follows by multiply-adds from
    the most similar run of the architecture, or where none was made here from a network that comes with the project.
    """
    try:
        network = _network(plan)
        macs = network.trace().macs
    except UserError:  # what cannot be trained is said when it is asked for
        return None
    for record in records:
        speed = record.images_per_second
        same = choice_of(record) == network and record.plan.config.batch_size == plan["settings"]["batch_size"]
        if same and speed and record.step > 1:  # the first minibatch is slower than all others
            return DurationEstimate(seconds(plan, speed), MeasuredSpeed(record.title, "", macs, speed), True)
    known = nearest_speed(_runs(plan["architecture"], records), macs) or nearest_speed(
        _shipped(plan["architecture"]), macs
    )
    if known is None:
        return None
    return DurationEstimate(seconds(plan, known.images_per_second * known.macs / macs), known, False)


def describe_estimate(plan: Mapping[str, Any], records: Sequence[RunRecord], t: Text) -> str:
    """Return how many minibatches, about how long they take, and from what that follows."""
    count, settings = batch_size_hint.count_of(plan), plan["settings"]
    each = batch_size_hint.updates(count, settings["batch_size"])
    said = {"steps": f"{settings['epochs'] * each:,}", "each": f"{each:,}"}
    found = estimate_duration(plan, records)
    if found is None:
        return t("estimate.unknown", **said)
    said |= {"time": describe_duration(found.seconds, t), "speed": f"{found.of.images_per_second:,.0f}"}
    if found.is_same:
        return t("estimate.known", **said)
    machine = escape_markdown(describe_machine(found.of.machine, t.language))
    return t(
        "estimate.scaled" if found.of.machine else "estimate.like",
        **said,
        name=escape_markdown(found.of.name),
        machine=machine,
    )


def seconds_by_shipped(plan: Mapping[str, Any]) -> float | None:
    """Return seconds of a plan by multiply-adds from the most similar network that comes with the app; None without
    one.

    Raises:
        UserError: a plan that cannot be trained.
    """
    macs = _network(plan).trace().macs
    known = nearest_speed(_shipped(plan["architecture"]), macs)
    return None if known is None else seconds(plan, known.images_per_second * known.macs / macs)


def seconds(plan: Mapping[str, Any], images_per_second: float) -> float:
    """Return the seconds of all epochs at this speed of training, each with its test."""
    there = dataset(plan["dataset"]).num_test
    tests = min(plan["limit"] or there, there)
    return plan["settings"]["epochs"] * (batch_size_hint.count_of(plan) + tests / TRAINING_PER_TEST) / images_per_second


def nearest_speed(known: Sequence[MeasuredSpeed], macs: int) -> MeasuredSpeed | None:
    """Return the one whose network does about as many multiply-adds, the first of several; None of none."""
    return min(known, key=lambda one: abs(log(one.macs / macs)), default=None)


def _network(plan: Mapping[str, Any]) -> ModelSpec:
    images = dataset(plan["dataset"])
    channels, height, width = images.input_shape
    side = plan["settings"]["image_size"]
    definition = own_plan.definition_of(plan)
    if definition is not None:
        return ModelSpec.own(definition, (channels, side or height, side or width))
    options = architecture(plan["architecture"]).resolve(dict(plan["options"]))
    return ModelSpec(
        plan["architecture"], tuple(options.items()), (channels, side or height, side or width), images.num_classes
    )


def _runs(architecture: str, records: Sequence[RunRecord]) -> list[MeasuredSpeed]:
    return [
        MeasuredSpeed(record.title, "", choice_of(record).trace().macs, record.images_per_second)
        for record in records[:NEWEST]
        if record.plan.architecture == architecture and record.images_per_second and record.step > 1
    ]


def _shipped(architecture: str) -> list[MeasuredSpeed]:
    return [
        MeasuredSpeed(card.name, card.machine, card.macs, card.images_per_second)
        for card in checkpoints_of(architecture)
    ]
