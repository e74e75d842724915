"""Benchmark of trust in attribution methods: `python -m cnnviz.bench.trust [CHECKPOINT [EXAMPLES]]`.

With a name it tests every method of that network on 100 examples; without one the usual methods on a few examples of
every shipped network whose test images are on this machine, in a few minutes of one core.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from math import nan

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnviz.attribution import BASELINES, METHODS, Attribution, Target, compute_logits
from cnnviz.attribution.trust.controls import CONTROLS
from cnnviz.attribution.trust.deletion_insertion import Faithfulness, faithfulness_of_several
from cnnviz.attribution.trust.importance import importance
from cnnviz.attribution.trust.pointing_game import (
    MapOverlap,
    PointingExample,
    measure_overlap,
    pointing_examples,
    pointing_game_of_controls,
)
from cnnviz.attribution.trust.randomisation import head_correlation
from cnnviz.checkpoints import CHECKPOINTS, Card, build_network, checkpoint
from cnnviz.data import dataset
from cnnviz.errors import UserError
from cnnviz.train.batch_preparation import BatchPreparation

USUAL = ("gradient", "integrated-gradients", "deeplift", "guided-backprop", "grad-cam", "occlusion")
EVERY = tuple(name for name in METHODS if name != "neuron-gradient")  # which explains a unit, no class
HEADS, DRAWS = 10, 4
"""Examples whose maps are compared with those of random heads, and random heads of each."""


@dataclass(frozen=True, slots=True)
class TrustRow:
    """One method, or one control, over the examples of one network; nan for what does not apply."""

    network: str
    name: str
    examples: int
    error: float
    """Largest completeness error, as a fraction; of methods whose values add up."""
    deletion: float
    """Mean area under the curve of the probability; small is good."""
    insertion: float
    loses: float
    """Share of the examples on which a control is as good in one of the two."""
    random_head: float
    """Mean rank correlation with the maps of networks whose last stage is random."""
    pointing: float
    """Where objects have masks, as `own` and `other`."""
    own: float
    other: float
    seconds: float
    """For one map."""


def shapes_examples(card: Card, count: int) -> list[PointingExample]:
    """Return the first `count` objects of the test images of the card's set, as its network reads them."""
    images = dataset(card.dataset).load("test", limit=count)
    assert images.regions is not None
    pixels = BatchPreparation(card.input_shape[1])(images.images)
    regions = F.interpolate(images.regions[:, None].float(), size=pixels.shape[2:])[:, 0].to(torch.uint8)
    return list(pointing_examples(pixels, regions, independent=images.labels.dim() > 1))[:count]


def predicted_examples(card: Card, network: nn.Module, count: int) -> list[PointingExample]:
    """Return the first `count` test images of the card's set with the predicted class, and no masks."""
    pixels = BatchPreparation(card.input_shape[1])(
        dataset(card.dataset).load("test", limit=count, download=False).images
    )
    nowhere = torch.zeros(pixels.shape[2:], dtype=torch.bool)
    return [
        PointingExample(image[None], Target(int(scores.argmax())), nowhere, nowhere)
        for image, scores in zip(pixels, compute_logits(network, pixels), strict=True)
    ]


def run(
    name: str = "resnet-18-shapes",
    count: int = 100,
    methods: Sequence[str] = EVERY,
    heads: int = HEADS,
    draws: int = DRAWS,
) -> Iterator[TrustRow]:
    """Yield a row per method that the network allows, then one per control.

    Baselines are the blurred images where objects have masks, else black, the sets' own background.
    """
    card = checkpoint(name)
    network, masks = build_network(card), dataset(card.dataset).has_masks
    given = shapes_examples(card, count) if masks else predicted_examples(card, network, count)
    baselines = [BASELINES["blurred" if masks else "black"](example.image, 0) for example in given]
    maps: dict[str, list[Attribution]] = {}
    head: dict[str, float] = {}
    for method in methods:
        try:
            found = [_map(network, method, one, base) for one, base in zip(given, baselines, strict=True)]
            head[method] = sum(
                head_correlation(METHODS[method], network, one.image, one.target, baseline=base, draws=draws)
                for one, base in zip(given[:heads], baselines, strict=False)
            ) / len(given[:heads])
            maps[method] = found
        except UserError as error:
            print(f"{name}: {method}: {error}", file=sys.stderr, flush=True)
    tested = [
        faithfulness_of_several(network, one.image, [found[place] for found in maps.values()], base)
        for place, (one, base) in enumerate(zip(given, baselines, strict=True))
    ]
    for place, (method, found) in enumerate(maps.items()):
        yield _row(name, method, found, [one[place] for one in tested], head[method], given, masks)
    controls = {one.name: one for one in pointing_game_of_controls(given)}
    for control in CONTROLS:
        curves = [one[0].controls[control] for one in tested]
        blank = TrustRow(
            name,
            f"({control})",
            len(given),
            nan,
            _mean([one.deletion.area for one in curves]),
            _mean([one.insertion.area for one in curves]),
            nan,
            nan,
            nan,
            nan,
            nan,
            nan,
        )
        known = controls[control]
        yield replace(blank, pointing=known.pointing, own=known.own, other=known.other) if masks else blank


def _map(network: nn.Module, method: str, example: PointingExample, baseline: Tensor) -> Attribution:
    return METHODS[method].attribute(network, example.image, example.target, baseline=baseline)


def _row(
    network: str,
    method: str,
    found: Sequence[Attribution],
    tested: Sequence[Faithfulness],
    head: float,
    given: Sequence[PointingExample],
    masks: bool,
) -> TrustRow:
    errors = [one.completeness.error for one in found if one.completeness is not None]
    size = (int(given[0].image.shape[2]), int(given[0].image.shape[3]))
    located: list[MapOverlap] = (
        [
            measure_overlap(importance(one, size), example.own, example.other)
            for one, example in zip(found, given, strict=True)
        ]
        if masks
        else []
    )
    return TrustRow(
        network,
        method,
        len(found),
        max(errors, default=nan),
        _mean([one.own.deletion.area for one in tested]),
        _mean([one.own.insertion.area for one in tested]),
        _mean([float(bool(one.loses_deletion_to or one.loses_insertion_to)) for one in tested]),
        head,
        _mean([float(one.hit) for one in located]),
        _mean([one.own for one in located]),
        _mean([one.other for one in located]),
        _mean([one.seconds for one in found]),
    )


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else nan


def run_all(count: int = 4) -> Iterator[TrustRow]:
    """Test the usual methods on every network whose test images are here: `count` images, of shapes 24 objects."""
    for name, card in CHECKPOINTS.items():
        entry = dataset(card.dataset)
        if entry.present(None):
            yield from run(name, 24 if entry.has_masks else count, USUAL, heads=2, draws=2)


def _print(rows: Iterator[TrustRow]) -> None:
    print(
        f"{'network':28}{'method':22}{'n':>4}{'error %':>9}{'deletion':>9}{'insertion':>10}{'loses %':>9}{'head':>7}"
        f"{'pointing':>9}{'own':>6}{'other':>6}{'ms':>7}"
    )
    for row in rows:
        facts = asdict(row)
        cells = [
            (100 * row.error, 9, 2),
            (row.deletion, 9, 3),
            (row.insertion, 10, 3),
            (100 * row.loses, 9, 0),
            (row.random_head, 7, 2),
            (row.pointing, 9, 2),
            (row.own, 6, 2),
            (row.other, 6, 2),
            (1000 * row.seconds, 7, 0),
        ]
        print(
            f"{facts['network']:28}{facts['name']:22}{row.examples:4}"
            + "".join(
                f"{'–':>{wide}}" if value != value else f"{value:{wide}.{digits}f}" for value, wide, digits in cells
            ),
            flush=True,
        )


if __name__ == "__main__":
    torch.set_num_threads(1)
    begin, asked = time.perf_counter(), sys.argv[1:]
    _print(run(asked[0], int(asked[1]) if asked[1:] else 100) if asked else run_all())
    print(f"{time.perf_counter() - begin:.0f} s", file=sys.stderr)
