"""The answer of an experiment in sentences, as its runs' test accuracies give it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cnnviz.text import Text
from cnnviz.text.numbers import percent, percentage_points
from cnnviz.train.ranking import AccuracyGap, RankedSetting, Ranking
from cnnviz.ui.core.markdown import escape_markdown


def describe_ranking(ranking: Ranking, t: Text) -> str:
    """Return the sentences on the best setting, those no different from it, those worse, and those that did
    not learn."""
    return t.row([*describe_order(ranking, t), *_describe_unsteady(ranking, t), *_describe_failed(ranking, t)])


def describe_largest(groups: Mapping[str, Sequence[tuple[float, RankedSetting]]], t: Text) -> str:
    """Return the sentences on how large a learning rate each group of (learning rate, setting) learned with, from every
    seed."""
    said = []
    for group, tried in groups.items():
        rates = sorted(rate for rate, _ in tried)
        learned = [rate for rate, setting in tried if setting.always_learned]
        key = "none" if not learned else "all" if max(learned) == rates[-1] else "some"
        listed = t.listed(f"{rate:g}" for rate in rates)
        said.append(t(f"largest.{key}", group=t(f"group.{group}"), rate=f"{max(learned, default=0):g}", rates=listed))
    return t.row(said)


def describe_rule(settings: Sequence[RankedSetting], t: Text) -> str:
    """Return the rule by which a gap between two settings counts as a difference."""
    return t("chance.one" if len(settings[0].accuracies) == 1 else "chance.several")


def describe_order(ranking: Ranking, t: Text) -> list[str]:
    """Return the sentences about the settings that learned from every seed."""
    best, behind = ranking.best, ranking.behind
    if best is None:
        return []
    if not behind:
        return [t("only", name=_bold(best), accuracy=_mean(best))]
    seeds = len(best.accuracies)
    if len(behind) == 1:
        return [_describe_pair(best, behind[0], seeds, t)]
    over = t("over.one") if seeds == 1 else t("over.several", seeds=seeds)
    if not ranking.worse:
        names = _list((f"{_bold(one)} {_mean(one)}" for one in (best, *(gap.setting for gap in behind))), t)
        return [t("alike.all", over=over, names=names)]
    said = [t("best", over=over, name=_bold(best), accuracy=_mean(best))]
    if ranking.alike:
        said.append(t("alike.some", names=_list((_with_gap(gap) for gap in ranking.alike), t)))
    said.append(t("worse", names=_list((_with_gap(gap) for gap in ranking.worse), t)))
    return said


def _describe_pair(best: RankedSetting, gap: AccuracyGap, seeds: int, t: Text) -> str:
    told, spread, error = percentage_points(gap.gap, gap.spread, gap.error)
    key = f"pair.{'within' if gap.is_chance else 'beyond'}.{'one' if seeds == 1 else 'several'}"
    counts = dict.fromkeys(f"{one.num_test:,}" for one in (best, gap.setting))
    return t(
        key,
        first=_bold(best),
        first_accuracy=_mean(best),
        second=_bold(gap.setting),
        second_accuracy=_mean(gap.setting),
        seeds=seeds,
        gap=told,
        spread=spread,
        error=error,
        count=" / ".join(counts),
    )


def _describe_unsteady(ranking: Ranking, t: Text) -> list[str]:
    return [
        t("unsteady", name=_bold(one), learned=len(one.learned), seeds=len(one.accuracies)) for one in ranking.unsteady
    ]


def _describe_failed(ranking: Ranking, t: Text) -> list[str]:
    if not ranking.failed:
        return []
    chance = percent(1 / ranking.failed[0].num_classes)
    names = _list((_bold(one) if one.mean is None else f"{_bold(one)} {_mean(one)}" for one in ranking.failed), t)
    return [t("failed", names=names, chance=chance)]


def _with_gap(gap: AccuracyGap) -> str:
    (told,) = percentage_points(gap.gap)
    return f"{_bold(gap.setting)} {_mean(gap.setting)} (−{told})"


def _list(names: Iterable[str], t: Text) -> str:
    return t.listed(names)


def _bold(setting: RankedSetting) -> str:
    return f"**{escape_markdown(setting.name)}**"


def _mean(setting: RankedSetting) -> str:
    return "–" if setting.mean is None else percent(setting.mean)
