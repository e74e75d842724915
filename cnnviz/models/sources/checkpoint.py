"""Weights of the networks that come with the project, or of a card beside a file of weights."""

from torch import Tensor

from cnnviz.checkpoints import CHECKPOINTS, Card, checkpoint, checkpoints_of, load_weights
from cnnviz.data.datasets import dataset, find_dataset
from cnnviz.models.sources.source import Escape, WeightSource
from cnnviz.models.spec import ModelSpec
from cnnviz.models.spec_words import describe_option
from cnnviz.models.weights import TrainingInfo, WeightsInfo, WeightsRef
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.zoo import architecture


class CheckpointSource(WeightSource):
    """Trained networks, each a card and a file of weights."""

    name = "checkpoint"
    records_training = True

    def parse(self, text: str) -> WeightsRef | None:
        return WeightsRef(self.name, text) if text else None

    def format(self, weights: WeightsRef) -> str:
        return weights.name

    def list(self, architecture: str = "", owner: str = "") -> tuple[WeightsRef, ...]:
        cards = checkpoints_of(architecture) if architecture else CHECKPOINTS.values()
        return tuple(WeightsRef(self.name, card.name) for card in cards)

    def list_testable(self, owner: str = "") -> tuple[WeightsRef, ...]:
        return self.list()

    def info(self, weights: WeightsRef, spec: ModelSpec | None = None) -> WeightsInfo:
        card = _card(weights)
        resolved = ModelSpec.of(card.architecture, card.options)  # a card may be older than an option
        own = ModelSpec(card.architecture, resolved.options, card.input_shape, card.num_classes)
        return WeightsInfo(own, card.dataset, card.test_accuracy, training=TrainingInfo(card.settings))

    def title(self, weights: WeightsRef, t: Text) -> str:
        """Return the title of the image set, and the options that tell the network from others of set and family."""
        card = _card(weights)
        others = [other for other in checkpoints_of(card.architecture) if other.dataset == card.dataset]
        first = architecture(card.architecture).resolve(others[0].options)  # a card may be older than an option
        told = [
            describe_option(card.architecture, option, value, t.language)
            for option, value in card.options.items()
            if option not in ("width", "hidden") and value != first[option]
        ]
        title = dataset(card.dataset).describe("title", t.language) or card.dataset
        return t("kind.checkpoint", dataset=" · ".join([title, *told]))

    def describe(self, weights: WeightsRef, info: WeightsInfo, t: Text, escape: Escape = str) -> str:
        entry = find_dataset(info.dataset)
        title = info.dataset if entry is None else entry.describe("title", t.language) or info.dataset
        accuracy, count = percent(info.accuracy or 0.0), entry.num_test if entry else 0
        return t("said.checkpoint", dataset=escape(title), accuracy=accuracy, count=count)

    def load(self, weights: WeightsRef, spec: ModelSpec) -> dict[str, Tensor]:
        return load_weights(_card(weights))

    def python(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return (
            "from cnnviz.checkpoints import build_network, checkpoint\n\n"
            f"model = build_network(checkpoint({weights.name!r}))"
        )


def _card(weights: WeightsRef) -> Card:
    return checkpoint(weights.name) if weights.path is None else Card.read(weights.path)
