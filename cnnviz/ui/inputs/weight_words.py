"""What is said of weights: their name in the menu, where they come from, how well they do, what was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text, load
from cnnviz.text.numbers import percent
from cnnviz.ui.core.shell import language, plain
from cnnviz.ui.inputs.finished_runs import run_title
from cnnviz.ui.inputs.network import choice
from cnnviz.ui.inputs.option_words import differing, say_option
from cnnviz.ui.inputs.weight_info import find_set, origin
from cnnviz.ui.inputs.weights import FILE, IMAGENET, UNTRAINED, read

if TYPE_CHECKING:
    from cnnviz.ui.inputs.model_picker import Chosen
    from cnnviz.ui.inputs.network import NetworkChoice


def weights_title(text: str, t: Text) -> str:
    """What the menu calls the weights that the URL names `text`."""
    if text in (UNTRAINED, IMAGENET, FILE):
        return t(f"kind.{text}")
    weights = read(text)
    if weights.kind == "run":
        return t("kind.run", name=run_title(weights))
    return t("kind.checkpoint", dataset=_set_title(weights.name, t))


def _set_title(name: str, t: Text) -> str:
    """The title of a checkpoint's set, and the options that tell it from the others of its set and family."""
    from cnnviz.checkpoints import checkpoint, checkpoints_of
    from cnnviz.data import dataset
    from cnnviz.zoo import architecture

    card = checkpoint(name)
    others = [other for other in checkpoints_of(card.architecture) if other.dataset == card.dataset]
    first = architecture(card.architecture).settle(others[0].options)  # a card may be older than an option
    told = [
        say_option(card.architecture, option, value, t.language)
        for option, value in card.options.items()
        if option not in ("width", "hidden") and value != first[option]
    ]
    return " · ".join([dataset(card.dataset).describe("title", t.language) or card.dataset, *told])


def say_lost(lost: str, network: NetworkChoice) -> None:
    """Which weights the knobs have outgrown, and by which of them."""
    t = load("weights", language())
    own = origin(read(lost), network).network
    knobs = differing(network, own, t.language) if own is not None else ""
    said = t("lost", weights=plain(weights_title(lost, t)), knobs=knobs)
    st.warning(said, icon=":material/link_off:")


def say_weights(chosen: Chosen) -> None:
    """Where the weights come from, how well they do, and how the network differs from the course's."""
    t = load("weights", language())
    said = [_said(chosen, t)]
    usual = choice(chosen.network.name)
    knobs = differing(chosen.network, usual, t.language)
    if knobs and chosen.weights.trained:
        said.append(t("differs", knobs=knobs))
    if chosen.origin.network is not None and chosen.network != chosen.origin.network:
        said.append(t("turned", knobs=differing(chosen.network, chosen.origin.network, t.language)))
    st.caption(t.row(said))


def _said(chosen: Chosen, t: Text) -> str:
    known, weights = chosen.origin, chosen.weights
    if not weights.trained:
        return t("said.untrained", seed=weights.seed)
    if weights.kind == "file":
        return t("said.file" if known.scaling is None else "said.file_imagenet")
    accuracy = "–" if known.accuracy is None else percent(known.accuracy)
    if weights.kind == "imagenet":
        return t("said.imagenet", accuracy=accuracy)
    entry = find_set(known.dataset)
    title = plain(known.dataset if entry is None else entry.describe("title", t.language) or known.dataset)
    if weights.kind == "run":
        return t("said.run", name=plain(run_title(weights)), dataset=title, accuracy=accuracy)
    return t("said.checkpoint", dataset=title, accuracy=accuracy, count=entry.num_test if entry else 0)
