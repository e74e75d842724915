"""The trust table: `python -m cnnviz.bench.trust [CHECKPOINT] [EXAMPLES]` on a network trained on shapes."""

import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnviz.attribution import BASELINES, METHODS
from cnnviz.attribution.trust.cascade import head_correlation
from cnnviz.attribution.trust.curves import faithfulness
from cnnviz.attribution.trust.pointing import Example, examples, point, point_controls
from cnnviz.checkpoints import Card, build_network, checkpoint
from cnnviz.data import dataset
from cnnviz.errors import Refusal
from cnnviz.train.prepare import Preparation

HEADS = 10
"""Examples whose maps are compared with those of random heads."""


@dataclass(frozen=True, slots=True)
class Row:
    """One method, or one control, over all examples."""

    name: str
    pointing: float
    own: float
    other: float
    deletion: float
    """Area under the curve of the probability; small is good."""
    insertion: float
    random_head: float
    """Mean rank correlation with the maps of networks whose last stage is random; nan for a control."""
    seconds: float
    """For one map."""


def shapes_examples(card: Card, count: int) -> list[Example]:
    """The first `count` objects of the test images of the card's set, as its network reads them."""
    images = dataset(card.dataset).load("test", limit=count)
    assert images.regions is not None
    pixels = Preparation(card.input_shape[1])(images.images)
    regions = F.interpolate(images.regions[:, None].float(), size=pixels.shape[2:])[:, 0].to(torch.uint8)
    return list(examples(pixels, regions, independent=images.labels.dim() > 1))[:count]


def run(name: str = "resnet-18-shapes", count: int = 100) -> Iterator[Row]:
    """A row per method, then one per control; baselines are the blurred images."""
    card = checkpoint(name)
    network, given = build_network(card), shapes_examples(card, count)
    baselines: list[Tensor] = [BASELINES["blurred"](example.image, 0) for example in given]
    areas: dict[str, list[tuple[float, float]]] = {}
    for method in METHODS.values():
        if method.name == "neuron-gradient":
            continue  # explains a unit, no class
        try:
            begin = time.perf_counter()
            pointing = point(method, network, given, baselines=baselines)
            seconds = (time.perf_counter() - begin) / len(given)
            own = []
            for example, baseline in zip(given, baselines, strict=True):
                found = method.attribute(network, example.image, example.target, baseline=baseline)
                tested = faithfulness(network, example.image, found, baseline)
                own.append((tested.own.deletion.area, tested.own.insertion.area))
                if method.name == "gradient":
                    for control, curves in tested.controls.items():
                        areas.setdefault(control, []).append((curves.deletion.area, curves.insertion.area))
            head = [head_correlation(method, network, example.image, example.target, baseline=baseline, draws=4)
                    for example, baseline in zip(given[:HEADS], baselines, strict=False)]
        except Refusal as refusal:
            print(f"{method.name}: {refusal}", file=sys.stderr)
            continue
        yield Row(method.name, pointing.pointing, pointing.own, pointing.other, *_means(own),
                  sum(head) / len(head), seconds)
    for known in point_controls(given):
        yield Row(known.name, known.pointing, known.own, known.other, *_means(areas[known.name]), float("nan"), 0.0)


def _means(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    return sum(one for one, _ in pairs) / len(pairs), sum(two for _, two in pairs) / len(pairs)


if __name__ == "__main__":
    torch.set_num_threads(1)
    asked = sys.argv[1:]
    for row in run(asked[0] if asked else "resnet-18-shapes", int(asked[1]) if asked[1:] else 100):
        print("  ".join(f"{value:22}" if isinstance(value, str) else f"{value:8.3f}"
                        for value in asdict(row).values()), flush=True)
