"""Every source of weights."""

from cnnviz.models.sources.checkpoint import CheckpointSource
from cnnviz.models.sources.imagenet import ImageNetSource
from cnnviz.models.sources.own import OwnFileSource, OwnNetworkSource
from cnnviz.models.sources.run import RunSource
from cnnviz.models.sources.source import WeightSource
from cnnviz.models.sources.untrained import UntrainedSource
from cnnviz.models.sources.upload import UploadSource
from cnnviz.models.weights import WeightsRef

WEIGHT_SOURCES: dict[str, WeightSource] = {
    source.name: source
    for source in (
        CheckpointSource(),
        RunSource(),
        ImageNetSource(),
        UntrainedSource(),
        UploadSource(),
        OwnNetworkSource(),
        OwnFileSource(),
    )
}
"""By name, in the order of the menus; the first takes every text that no other does."""


def source_of(weights: WeightsRef) -> WeightSource:
    """Return the source that weights come from."""
    return WEIGHT_SOURCES[weights.source]


def parse_weights(text: str) -> WeightsRef:
    """Return the weights that `format_weights` wrote; nothing is looked up.

    >>> parse_weights("run:0123456789abcdef01234567@40").step
    40

    Raises:
        ValueError: a text that can name no weights.
    """
    for source in reversed(WEIGHT_SOURCES.values()):
        weights = source.parse(text)
        if weights is not None:
            return weights
    raise ValueError(text)


def format_weights(weights: WeightsRef) -> str:
    """Return the text that names weights in a link."""
    return source_of(weights).format(weights)
