"""What is known of a network's weights: which network they were made for, on what, how well, and for which pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.ui.inputs.network import NetworkChoice, choice
from cnnviz.ui.inputs.weights import Weights

if TYPE_CHECKING:
    from cnnviz.data import Dataset
    from cnnviz.zoo.imagenet import PublishedFile

Scaling = tuple[tuple[float, ...], tuple[float, ...]]
"""Mean and deviation per channel, of pixels in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The facts that a page shows and obeys; hashable."""

    network: NetworkChoice | None = None
    """The network that the weights were made for; None where they are drawn or the reader's own."""
    dataset: str = ""
    """The set they were trained on, "" where it is none of ours."""
    accuracy: float | None = None
    """On the test images of that set, in [0, 1]."""
    scaling: Scaling | None = None
    """What their training did to the pixels after they were brought to [0, 1]."""
    shorter: int = 0
    """Pixels of the image's shorter side before the middle is cut out; 0 where images are not cut so."""
    classes: tuple[str, ...] = ()
    """English names of the classes where they are those of no set of ours."""


def origin(weights: Weights, network: NetworkChoice | None = None) -> Origin:
    """What is known of `weights`; those of ImageNet belong to the form that `network` has, or to the family's first.

    Raises:
        UserError: weights that are not there, or those of a run that has not finished.
    """
    if weights.kind == "checkpoint":
        return _of_checkpoint(weights.name)
    if weights.kind == "run":
        return _of_run(weights)
    if weights.kind == "imagenet" and network is not None:
        return _of_imagenet(network)
    return Origin()


def origin_of_file(convention: str, network: NetworkChoice) -> Origin:
    """What is known of a user's own weights: those under another library's names read pixels as its weights do."""
    from cnnviz.zoo.imagenet import NUM_CLASSES
    from cnnviz.zoo.weight_conventions import same_names, scaling_of

    scaling = scaling_of(convention, network.name, dict(network.options), network.input_shape[0])
    entry = same_names(network.name, dict(network.options))
    if scaling is None or entry is None:
        return Origin()
    facts = entry.facts()
    classes = facts.classes if network.num_classes == NUM_CLASSES else ()
    return Origin(scaling=scaling, shorter=_shorter(facts, network), classes=classes)


def find_set(name: str) -> Dataset | None:
    """The image set called `name`; None without a name, and for a reader's own set that is not kept any more."""
    from cnnviz.data import dataset

    try:
        return dataset(name) if name else None
    except UserError:
        return None


def _of_checkpoint(name: str) -> Origin:
    from cnnviz.checkpoints import checkpoint

    card = checkpoint(name)
    return Origin(
        _network(card.architecture, dict(card.options), card.input_shape, card.num_classes),
        card.dataset,
        card.test_accuracy,
    )


def _of_run(weights: Weights) -> Origin:
    from cnnviz.runs.store import RunStore

    record = RunStore().find(weights.name)
    if record.status != "finished" and weights.step is None:  # its latest weights may still change
        raise UserError("weights_unfinished")
    plan = record.plan
    scaling = _statistics(plan.dataset, plan.limit, plan.data_dir) if plan.config.standardise else None
    return Origin(
        _network(plan.architecture, dict(plan.options), plan.input_shape, plan.num_classes),
        plan.dataset,
        record.test_accuracy,
        scaling,
    )


def _of_imagenet(network: NetworkChoice) -> Origin:
    from cnnviz.zoo.imagenet import NUM_CLASSES, SHAPE, first_published_weights, published_weights

    entry = published_weights(network.name, dict(network.options)) or first_published_weights(network.name)
    if entry is None:
        return Origin()
    facts = entry.facts()
    own = _network(network.name, entry.options, SHAPE, NUM_CLASSES)
    scaling = facts.mean, facts.deviation
    return Origin(own, "", facts.accuracy, scaling, _shorter(facts, network), facts.classes)


def _shorter(facts: PublishedFile, network: NetworkChoice) -> int:
    return round(facts.resize / facts.crop * network.input_shape[1])


def _network(
    name: str, options: Mapping[str, Any], input_shape: tuple[int, int, int], num_classes: int
) -> NetworkChoice:
    settled = choice(name, dict(options))
    return NetworkChoice(name, settled.options, input_shape, num_classes)


@st.cache_data(max_entries=32, show_spinner=False)
def _statistics(dataset: str, limit: int | None, data_dir: str | None) -> Scaling:
    from cnnviz.data import dataset as find
    from cnnviz.train.prepare import pixel_statistics

    return pixel_statistics(find(dataset).load("train", data_dir, limit, download=False).images)


@st.cache_resource(max_entries=128, show_spinner=False)
def signature(network: NetworkChoice) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The name and the shape of every tensor of the network; costs no memory for its weights.

    Raises:
        UserError: a network that cannot be built.
    """
    from cnnviz.zoo import build

    model = build(network.name, dict(network.options), network.input_shape, network.num_classes, device="meta")
    return tuple((name, tuple(tensor.shape)) for name, tensor in model.state_dict().items())


def fits(network: NetworkChoice, known: Origin) -> bool:
    """Whether weights of that origin can be those of `network`: every tensor has its name and shape.

    Raises:
        UserError: a network that cannot be built.
    """
    if known.network is None or network == known.network:
        return True
    return network.name == known.network.name and signature(network) == signature(known.network)
