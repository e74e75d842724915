"""The comparisons of the course's exercises, each with one sentence that is computed from the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from cnnviz.checkpoints import Card
from cnnviz.text import Text
from cnnviz.text.numbers import percent, percentage_points, short_number
from cnnviz.train.ranking import sampling_error
from cnnviz.ui.pages.results import differences
from cnnviz.ui.pages.results.result_row import row_label, short_name

QUESTIONS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "all": (),
        "googlenet": ("googlenet", "*"),
        "residual-dense": ("resnet-18", "densenet"),
        "batch-norm": ("lenet", "lenet-bn"),
        "pooling": ("lenet", "lenet-max"),
        "head": ("alexnet", "vgg", "nin"),
        "mobile": ("mobilenet-v1", "mobilenet-v2"),
    }
)
"""Networks by name, without their set; `*` stands for all others, and none for all."""


def networks_of(name: str, cards: Sequence[Card]) -> list[Card]:
    """Return the networks of a question, in its order; fewer where the set has no such network."""
    wanted = QUESTIONS[name]
    if not wanted or "*" in wanted:
        first = [card for card in cards if short_name(card) in wanted]
        return [*first, *(card for card in cards if card not in first)]
    return [card for each in wanted for card in cards if short_name(card) == each]


def answer(name: str, cards: Sequence[Card], count: int, t: Text) -> str:
    """Return the answer that the numbers give, for a test set of `count` images; "" where there is nothing to
    compare."""
    found = networks_of(name, cards)
    if name == "all" or len(found) < 2:
        return ""
    if "*" in QUESTIONS[name]:
        return _against_all(found[0], found[1:], count, t)
    if len(found) > 2:
        return _ranked(found, count, t)
    return _pair(found[0], found[1], count, t)


def _pair(first: Card, second: Card, count: int, t: Text) -> str:
    gap = second.test_accuracy - first.test_accuracy
    luck = sampling_error(first.test_accuracy, second.test_accuracy, count)
    told_gap, told_luck = percentage_points(abs(gap), luck)
    key = "within" if abs(gap) <= luck else "better" if gap > 0 else "worse"
    said = t(
        f"answer.pair.{key}",
        first=row_label(first),
        second=row_label(second),
        first_accuracy=percent(first.test_accuracy),
        second_accuracy=percent(second.test_accuracy),
        gap=told_gap,
        luck=told_luck,
        count=f"{count:,}",
        first_params=short_number(first.num_params),
        second_params=short_number(second.num_params),
        first_macs=short_number(first.macs),
        second_macs=short_number(second.macs),
    )
    apart = differences.differences(differences.facts_of_card(first), differences.facts_of_card(second))
    apart.pop("num_params", None)
    listed = differences.describe(apart, first.architecture, t)
    if listed:
        said = t.row([said, t("answer.differ", first=row_label(first), second=row_label(second), listed=listed)])
    return said


def _against_all(one: Card, others: Sequence[Card], count: int, t: Text) -> str:
    better = [other for other in others if other.test_accuracy > one.test_accuracy]
    return t(
        "answer.against",
        name=row_label(one),
        accuracy=percent(one.test_accuracy),
        params=short_number(one.num_params),
        macs=short_number(one.macs),
        others=len(others),
        better=len(better),
        clearly=sum(not _is_chance(one, other, count) for other in better),
        count=f"{count:,}",
        fewer=sum(other.num_params < one.num_params for other in others),
        cheaper=sum(other.macs < one.macs for other in others),
    )


def _ranked(cards: Sequence[Card], count: int, t: Text) -> str:
    order = sorted(cards, key=lambda card: -card.test_accuracy)
    listed = t.clauses(
        t(
            "answer.rank",
            name=row_label(card),
            accuracy=percent(card.test_accuracy),
            params=short_number(card.num_params),
            macs=short_number(card.macs),
        )
        for card in order
    )
    alike = [row_label(card) for card in order[1:] if _is_chance(order[0], card, count)]
    said = [t("answer.order", listed=listed)]
    if alike:
        names = t.listed(alike)
        said.append(t("answer.alike", first=row_label(order[0]), names=names, count=f"{count:,}"))
    return t.row([*said, t("answer.care")])


def _is_chance(one: Card, other: Card, count: int) -> bool:
    """Return whether the choice of `count` test images alone may make the gap."""
    gap = abs(one.test_accuracy - other.test_accuracy)
    return gap <= sampling_error(one.test_accuracy, other.test_accuracy, count)
