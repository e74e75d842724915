"""Deletion and insertion: the score while pixels are removed, or added, in the order of a map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor, nn

from cnnviz.attribution.result import Attribution
from cnnviz.attribution.score import Progress, ScoreFunction, Stop
from cnnviz.attribution.target import Target
from cnnviz.attribution.trust.controls import CONTROLS
from cnnviz.attribution.trust.importance import importance
from cnnviz.module_copy.clone import clone_sharing_weights

STEPS = 32


@dataclass(frozen=True, slots=True)
class ScoreCurve:
    """The class's probability after each step."""

    scores: tuple[float, ...]
    """From the whole image to the baseline (deletion), or the other way round (insertion)."""

    @property
    def area(self) -> float:
        """Return the area under the curve, the mean score over the fractions 0 to 1, by the trapezoid rule."""
        inner = sum(self.scores[1:-1])
        return (inner + (self.scores[0] + self.scores[-1]) / 2) / (len(self.scores) - 1)


@dataclass(frozen=True, slots=True)
class DeletionInsertion:
    """The two curves of one map: a good map has a small deletion area and a large insertion area."""

    deletion: ScoreCurve
    insertion: ScoreCurve


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """The curves of a map, and of every control on the same image."""

    fractions: tuple[float, ...]
    """Of the pixels changed, one per score."""
    own: DeletionInsertion
    controls: Mapping[str, DeletionInsertion]
    """By the names of `CONTROLS`."""

    @property
    def loses_deletion_to(self) -> tuple[str, ...]:
        """Return the controls whose deletion area is no larger."""
        return tuple(name for name, curves in self.controls.items() if curves.deletion.area <= self.own.deletion.area)

    @property
    def loses_insertion_to(self) -> tuple[str, ...]:
        """Return the controls whose insertion area is no smaller."""
        return tuple(name for name, curves in self.controls.items() if curves.insertion.area >= self.own.insertion.area)


def faithfulness(
    model: nn.Module,
    image: Tensor,
    found: Attribution,
    baseline: Tensor,
    *,
    steps: int = STEPS,
    seed: int = 0,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Faithfulness:
    """Return deletion and insertion of (1, C, H, W) in the order of `found` and of each control.

    Pixels are replaced by those of `baseline` (1, C, H, W), or restored from it; the score is the probability of the
    target's class. Ties are broken at random by `seed`.

    Raises:
        UserError: what `ScoreFunction` refuses.
        Stopped: `stop()` was true.
    """
    (tested,) = faithfulness_of_several(
        model, image, [found], baseline, steps=steps, seed=seed, progress=progress, stop=stop
    )
    return tested


def faithfulness_of_several(
    model: nn.Module,
    image: Tensor,
    found: Sequence[Attribution],
    baseline: Tensor,
    *,
    steps: int = STEPS,
    seed: int = 0,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> tuple[Faithfulness, ...]:
    """Return the `faithfulness` of several maps of one image and target; their controls are computed once."""
    height, width = int(image.shape[2]), int(image.shape[3])
    target = found[0].target
    asked = Target(target.index, probability=True, independent=target.independent)
    question = ScoreFunction(clone_sharing_weights(model), asked, progress, stop)
    question.measure(image)
    steps = min(steps, height * width)
    question.images_expected = 1 + 2 * (len(found) + len(CONTROLS)) * (steps + 1)
    own = [_curves(question, image, baseline, importance(one, (height, width)), steps, seed) for one in found]
    controls = MappingProxyType(
        {
            name: _curves(question, image, baseline, control(image, seed), steps, seed)
            for name, control in CONTROLS.items()
        }
    )
    return tuple(Faithfulness(tuple(step / steps for step in range(steps + 1)), one, controls) for one in own)


def _curves(
    question: ScoreFunction, image: Tensor, baseline: Tensor, values: Tensor, steps: int, seed: int
) -> DeletionInsertion:
    shuffled = torch.randperm(values.numel(), generator=torch.Generator().manual_seed(seed))
    order = shuffled[values.flatten()[shuffled].argsort(descending=True, stable=True)]
    place = torch.empty_like(order)
    place[order] = torch.arange(len(order))
    place = place.view(values.shape).to(image.device)
    changed = [round(step * len(order) / steps) for step in range(steps + 1)]

    def run(before: Tensor, after: Tensor) -> ScoreCurve:
        def mixed(first: int, end: int) -> Tensor:
            counts = torch.tensor(changed[first:end], device=place.device).view(-1, 1, 1, 1)
            return torch.where(place[None, None] < counts, after, before)

        return ScoreCurve(tuple(question.in_batches(steps + 1, mixed).tolist()))

    return DeletionInsertion(deletion=run(image, baseline), insertion=run(baseline, image))
